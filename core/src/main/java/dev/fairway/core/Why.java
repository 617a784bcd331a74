package dev.fairway.core;

import java.io.FileNotFoundException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Why something failed, in words for whoever met it. The platform's exceptions on files and connections mostly say their
 * reason by their class and have nothing but a path, or nothing at all, as their message.
 */
public final class Why {
  private Why() {}

  /**
   * Part of a sentence, without a full stop: {@code there is no such file or folder}. Never empty. What only wraps a cause says
   * the cause's reason; beyond that, a failure's own message is believed.
   */
  public static String inWords(Throwable failure) {
    return switch (failure) {
      case Throwable wrapper when wrapper.getCause() != null
          && wrapper.getCause().toString().equals(wrapper.getMessage()) ->
        inWords(wrapper.getCause());
      case UncheckedIOException wrapped when wrapped.getCause() != null -> inWords(wrapped.getCause());
      case NoSuchFileException _ -> "there is no such file or folder";
      case FileNotFoundException _ -> "there is no such file, or it may not be used";
      case AccessDeniedException _ -> "this account has no right to it";
      case FileAlreadyExistsException _ -> "there is a file of that name already";
      case NotDirectoryException _ -> "it is not a folder";
      case DirectoryNotEmptyException _ -> "the folder is not empty";
      case FileSystemException file -> or(file.getReason(), "the file system refuses it");
      case UnknownHostException _ -> "no address is known for the name";
      case UnresolvedAddressException _ -> "no address is known for the name";
      case SocketTimeoutException _ -> "it did not answer in time";
      case TimeoutException _ -> "it did not answer in time";
      case NoRouteToHostException _ -> "no way leads there";
      case ConnectException connect -> connect.getCause() != null && named(connect.getCause())
          ? inWords(connect.getCause())
          : "nothing takes connections there";
      default -> or(failure.getMessage(), "no reason was given");
    };
  }

  private static boolean named(Throwable cause) {
    return switch (cause) {
      case UnresolvedAddressException _ -> true;
      case UnknownHostException _ -> true;
      case ConnectException deeper -> deeper.getCause() != null && named(deeper.getCause());
      default -> false;
    };
  }

  private static String or(@Nullable String text, String otherwise) {
    return text == null || text.isBlank() ? otherwise : text.strip();
  }
}
