import type { TlsProxy } from "./start-tls-proxy.js";

/**
 * The lines that point a program of each language at the front: whom to trust, and where the two names lead.
 *
 * @param preload the address of the module that `node --import` takes
 */
export function environmentGuide(
  { caFile, port, proxyUrl, publicKeyHash }: Omit<TlsProxy, "url" | "close">,
  preload: string,
): string {
  const proxy = new URL(proxyUrl);
  const trustStore = `${caFile.replace(/\.pem$/, "")}.p12`;
  return `Set these where your program starts, then start it. They last as long as this simulator runs.

# curl · Go · Python (standard library)
export SSL_CERT_FILE='${caFile}'
export CURL_CA_BUNDLE='${caFile}'
export HTTPS_PROXY=${proxyUrl} https_proxy=${proxyUrl}
export NO_PROXY=localhost,127.0.0.1 no_proxy=localhost,127.0.0.1

# Python (requests): the lines above, and
export REQUESTS_CA_BUNDLE='${caFile}'

# PHP: the lines above, and as options of php (or in php.ini)
-d curl.cainfo='${caFile}' -d openssl.cafile='${caFile}'
# PHP's streams (file_get_contents) read no proxy from outside: once, where the program starts
stream_context_set_default(['http' => ['proxy' => 'tcp://${proxy.host}']]);

# Node.js: whatever HTTP client it uses
export NODE_EXTRA_CA_CERTS='${caFile}'
export NODE_OPTIONS='--import=${preload}'
export WECHAT_SIMULATOR_TLS_PORT=${port}

# Java
rm -f '${trustStore}' # it would keep the authority of a start before this one
keytool -importcert -noprompt -alias wechat-simulator -file '${caFile}' -keystore '${trustStore}' -storetype PKCS12 -storepass changeit
export JAVA_TOOL_OPTIONS='-Djavax.net.ssl.trustStore=${trustStore} -Djavax.net.ssl.trustStorePassword=changeit -Dhttps.proxyHost=${proxy.hostname} -Dhttps.proxyPort=${proxy.port}'

# A browser for the pages: chromium, google-chrome or microsoft-edge, with a profile of its own
chromium --user-data-dir="$(mktemp -d)" --host-resolver-rules='MAP open.weixin.qq.com:443 127.0.0.1:${port}' --ignore-certificate-errors-spki-list=${publicKeyHash}

${hostsGuide(port)}`;
}

function hostsGuide(port: number): string {
  const lines = "127.0.0.1 api.weixin.qq.com\n127.0.0.1 open.weixin.qq.com";
  return port === 443
    ? `Programs that know no proxy, and other browsers: these lines in /etc/hosts, until you are done.\n${lines}`
    : `Programs that know no proxy need the names in /etc/hosts, and HTTPS at its own port: \`--port 443\`, as root.\n${lines}`;
}
