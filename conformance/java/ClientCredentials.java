import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Prints the version of HTTP that was spoken and the token. */
public class ClientCredentials {
  public static void main(String[] args) throws Exception {
    Map<String, String> form = Map.of(
        "grant_type", "client_credentials",
        "client_id", System.getenv("AZURE_CLIENT_ID"),
        "client_secret", System.getenv("AZURE_CLIENT_SECRET"),
        "scope", args[0]);
    String body = form.entrySet().stream()
        .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
    String tenant = System.getenv("AZURE_TENANT_ID");
    URI url = URI.create("https://login.microsoftonline.com/" + tenant + "/oauth2/v2.0/token");
    HttpRequest request = HttpRequest.newBuilder(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString(body))
        .build();

    HttpResponse<String> answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());

    Matcher token = Pattern.compile("\"access_token\":\"([^\"]+)\"").matcher(answer.body());
    if (!token.find()) throw new IllegalStateException(answer.statusCode() + ": " + answer.body());
    System.out.println(answer.version());
    System.out.println(token.group(1));
  }
}
