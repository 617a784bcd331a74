package dev.fairway.datatrust.http;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** What a file is saved as: its title and the extension that its type stands for. */
final class FileNames {
  private static final Map<String, String> EXTENSIONS = new HashMap<>();

  static {
    same("application", "applefile dicom efi gzip json jwt mp21 mp4 ogg pdf pkcs8 pkcs10 pkcs12 rtf sql xml zip");
    as("application", "js", "ecmascript javascript");
    as("application", "json", "geo+json");
    as("application", "mp4", "mpeg4-generic");
    as("application", "bin", "octet-stream");
    as("application", "pem", "pem-certificate-chain");
    as("application", "pgp", "pgp-encrypted pgp-signature");
    as("application", "pkcs7", "pkcs7-mime pkcs7-signature");
    as("application", "pkcs8", "pkcs8-encrypted");
    as("application", "ps", "postscript");
    as("application", "xml", "rfc+xml soap+xml xml-dtd");
    as("application", "txt", "text");
    as("application", "flash", "vnd.adobe.flash.movie");
    as("application", "keynote", "vnd.apple.keynote");
    as("application", "numbers", "vnd.apple.numbers");
    as("application", "pages", "vnd.apple.pages");
    as("application", "coffee", "vnd.coffeescript");
    as("application", "deb", "vnd.debian.binary-package");
    as("application", "kml", "vnd.google-earth.kml+xml");
    as("application", "kmz", "vnd.google-earth.kmz");
    as("application", "xls", "vnd.ms-excel");
    as("application", "chtml", "vnd.ms-htmlhelp");
    as("application", "ppt", "vnd.ms-powerpoint");
    as("application", "doc", "vnd.ms-word.document.macroEnabled.12");
    as("application", "dot", "vnd.ms-word.template.macroEnabled.12");
    as("application", "rom", "vnd.nintendo.snes.rom vnd.nintendo.nitro.rom");
    as("application", "rar", "vnd.rar");
    as("application", "sqlite3", "vnd.sqlite3");
    as("application", "pcap", "vnd.tcpdump.pcap");
    as("application", "vis", "vnd.visio");
    same("audio", "aac ac3 mp4 mpeg ogg vorbis");
    as("audio", "mpa", "MPA");
    as("audio", "mpeg", "mpeg4-generic");
    as("audio", "rip", "vnd.rip");
    as("audio", "vorbis", "vorbis-config");
    same("font", "otf ttf woff woff2");
    same("image", "bmp jpg jpeg png tiff");
    same("text", "css csv html rtf sgml vcard xml");
    as("text", "cal", "calendar");
    as("text", "js", "ecmascript javascript");
    as("text", "md", "markdown");
    as("text", "tsv", "tab-separated-values");
    same("video", "mp4 ogg vc1 vc2");
    as("video", "h261", "H261");
    as("video", "h263", "H263");
    as("video", "h264", "H264");
    as("video", "h265", "H265");
    as("video", "jpeg", "JPEG");
    as("video", "mp4", "mpeg4-generic");
    as("video", "qt", "quicktime");
  }

  private FileNames() {}

  private static void same(String type, String subtypes) {
    for (String subtype : subtypes.split(" ", -1)) {
      EXTENSIONS.put(type + "/" + subtype, "." + subtype);
    }
  }

  private static void as(String type, String extension, String subtypes) {
    for (String subtype : subtypes.split(" ", -1)) {
      EXTENSIONS.put(type + "/" + subtype, "." + extension);
    }
  }

  /** With its dot; empty for a type without one. */
  static String extension(String fileType) {
    return EXTENSIONS.getOrDefault(fileType, "");
  }

  /** For the {@code Filename} header: what is not printable ASCII is left out. */
  static String plain(String title, String fileType) {
    return printable(title) + extension(fileType);
  }

  /** For {@code Content-Disposition}; the title is added where a plain header cannot carry it (RFC 8187). */
  static String disposition(String name, String title, String fileType) {
    String plain = "attachment; filename=" + name;
    return printable(title).equals(title)
        ? plain
        : plain + "; filename*=UTF-8''"
            + URLEncoder.encode(title + extension(fileType), StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** A media type that may stand in a header; another is only bytes. */
  static String mediaType(String fileType) {
    return fileType.matches("[A-Za-z0-9!#$&^_.+-]{1,100}(/[A-Za-z0-9!#$&^_.+-]{1,100})?")
        ? fileType
        : "application/octet-stream";
  }

  private static String printable(String text) {
    return text.codePoints().map(c -> c >= 0x20 && c < 0x7f ? c : '_')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
  }
}
