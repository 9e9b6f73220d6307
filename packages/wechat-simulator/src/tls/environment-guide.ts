import type { TlsProxy } from "./start-tls-proxy.js";

/**
 * The settings that point programs of each language at the TLS proxy: the CA to trust, and the way to the two names.
 *
 * @param preload the URL of the module for `node --import`
 */
export function environmentGuide(
  { caFile, port, proxyUrl, publicKeyHash }: Omit<TlsProxy, "url" | "close">,
  preload: string,
): string {
  const proxy = new URL(proxyUrl);
  const trustStore = `${caFile.replace(/\.pem$/, "")}.p12`;
  return `Set these in the environment of your program, then start it. They are valid while this simulator runs.

# curl · Go · Python (standard library)
export SSL_CERT_FILE='${caFile}'
export CURL_CA_BUNDLE='${caFile}'
export HTTPS_PROXY=${proxyUrl} https_proxy=${proxyUrl}
export NO_PROXY=localhost,127.0.0.1 no_proxy=localhost,127.0.0.1

# Python (requests): the lines above, and
export REQUESTS_CA_BUNDLE='${caFile}'

# PHP: the lines above, and as options of php (or in php.ini)
-d curl.cainfo='${caFile}' -d openssl.cafile='${caFile}'
# PHP's streams (file_get_contents) read no proxy settings: add this where the program starts
stream_context_set_default(['http' => ['proxy' => 'tcp://${proxy.host}']]);

# Node.js: for every HTTP client
export NODE_EXTRA_CA_CERTS='${caFile}'
export NODE_OPTIONS='--import=${preload}'
export WECHAT_SIMULATOR_TLS_PORT=${port}

# Java
rm -f '${trustStore}' # it would keep the CA of an earlier start
keytool -importcert -noprompt -alias wechat-simulator -file '${caFile}' -keystore '${trustStore}' -storetype PKCS12 -storepass changeit
export JAVA_TOOL_OPTIONS='-Djavax.net.ssl.trustStore=${trustStore} -Djavax.net.ssl.trustStorePassword=changeit -Dhttps.proxyHost=${proxy.hostname} -Dhttps.proxyPort=${proxy.port}'

# A browser for the pages: chromium, google-chrome or microsoft-edge, with its own profile
chromium --user-data-dir="$(mktemp -d)" --host-resolver-rules='MAP open.weixin.qq.com:443 127.0.0.1:${port}' --ignore-certificate-errors-spki-list=${publicKeyHash}

${hostsGuide(port)}`;
}

function hostsGuide(port: number): string {
  const lines = "127.0.0.1 api.weixin.qq.com\n127.0.0.1 open.weixin.qq.com";
  return port === 443
    ? `For programs without proxy support and other browsers, add these lines to /etc/hosts until you are done.\n${lines}`
    : `Programs without proxy support need these names in /etc/hosts, and the standard HTTPS port: \`--port 443\`, as root.\n${lines}`;
}
