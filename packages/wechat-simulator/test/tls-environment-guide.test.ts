import { describe, expect, it } from "vitest";
import { environmentGuide } from "../src/tls/environment-guide.js";

describe("the settings that `wechat-simulator tls` prints", () => {
  const tlsProxy = {
    caFile: "/a folder/ca.pem",
    port: 4011,
    proxyUrl: "http://127.0.0.1:4012",
    publicKeyHash: "a+hash=",
  };

  it("contain the file, the proxy and the preload for each language", () => {
    expect(environmentGuide(tlsProxy, "file:///preload.js")).toMatchInlineSnapshot(`
      "Set these in the environment of your program, then start it. They are valid while this simulator runs.

      # curl · Go · Python (standard library)
      export SSL_CERT_FILE='/a folder/ca.pem'
      export CURL_CA_BUNDLE='/a folder/ca.pem'
      export HTTPS_PROXY=http://127.0.0.1:4012 https_proxy=http://127.0.0.1:4012
      export NO_PROXY=localhost,127.0.0.1 no_proxy=localhost,127.0.0.1

      # Python (requests): the lines above, and
      export REQUESTS_CA_BUNDLE='/a folder/ca.pem'

      # PHP: the lines above, and as options of php (or in php.ini)
      -d curl.cainfo='/a folder/ca.pem' -d openssl.cafile='/a folder/ca.pem'
      # PHP's streams (file_get_contents) read no proxy settings: add this where the program starts
      stream_context_set_default(['http' => ['proxy' => 'tcp://127.0.0.1:4012']]);

      # Node.js: for every HTTP client
      export NODE_EXTRA_CA_CERTS='/a folder/ca.pem'
      export NODE_OPTIONS='--import=file:///preload.js'
      export WECHAT_SIMULATOR_TLS_PORT=4011

      # Java
      rm -f '/a folder/ca.p12' # it would keep the CA of an earlier start
      keytool -importcert -noprompt -alias wechat-simulator -file '/a folder/ca.pem' -keystore '/a folder/ca.p12' -storetype PKCS12 -storepass changeit
      export JAVA_TOOL_OPTIONS='-Djavax.net.ssl.trustStore=/a folder/ca.p12 -Djavax.net.ssl.trustStorePassword=changeit -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=4012'

      # A browser for the pages: chromium, google-chrome or microsoft-edge, with its own profile
      chromium --user-data-dir="$(mktemp -d)" --host-resolver-rules='MAP open.weixin.qq.com:443 127.0.0.1:4011' --ignore-certificate-errors-spki-list=a+hash=

      Programs without proxy support need these names in /etc/hosts, and the standard HTTPS port: \`--port 443\`, as root.
      127.0.0.1 api.weixin.qq.com
      127.0.0.1 open.weixin.qq.com"
    `);
  });

  it("explain that names in /etc/hosts need the standard HTTPS port", () => {
    const hosts = (port: number) =>
      environmentGuide({ ...tlsProxy, port }, "")
        .split("\n")
        .slice(-3);
    const names = ["127.0.0.1 api.weixin.qq.com", "127.0.0.1 open.weixin.qq.com"];
    expect(hosts(4011)).toEqual([
      "Programs without proxy support need these names in /etc/hosts, and the standard HTTPS port: `--port 443`, as root.",
      ...names,
    ]);
    expect(hosts(443)).toEqual([
      "For programs without proxy support and other browsers, add these lines to /etc/hosts until you are done.",
      ...names,
    ]);
  });
});
