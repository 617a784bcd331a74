package dev.fairway.connectors.capture.files;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** Files of a folder, and of the folders in it. */
record FolderHome(Path folder) implements FileHome {
  @Override
  public List<String> names() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).map(file -> folder.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }

  @Override
  public void require(String name) {
    if (!Files.isReadable(folder.resolve(name))) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "cannot read " + name + " in " + folder);
    }
  }

  @Override
  public void read(String name, long offset, Reader reader) throws IOException {
    try (FileChannel file = FileChannel.open(folder.resolve(name), StandardOpenOption.READ);
        InputStream in = Channels.newInputStream(file.position(offset))) {
      reader.read(in);
    }
  }

  @Override
  public void close() {
    // Nothing is kept open.
  }
}
