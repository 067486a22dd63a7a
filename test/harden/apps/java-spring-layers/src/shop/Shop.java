package shop;

import com.sun.net.httpserver.HttpServer;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Properties;

public class Shop {
  public static void main(String[] arguments) throws Exception {
    Properties properties = new Properties();
    try (InputStream file = Shop.class.getResourceAsStream("/application.properties")) {
      properties.load(file);
    }
    Path log = Path.of(properties.getProperty("logging.file.name"));
    Files.createDirectories(log.getParent());
    HttpServer server = HttpServer.create(new InetSocketAddress(8080), 0);
    server.createContext("/", exchange -> {
      Files.writeString(log, "sold\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      byte[] answer = (Files.readAllLines(log).size() + " sold").getBytes();
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    server.start();
  }
}
