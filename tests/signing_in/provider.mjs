// A provider on this machine for the tests: oidc-provider with two clients, one that signs and one with a secret.
// node provider.mjs MODULES PORT CALLBACK AFTER_LOGOUT PUBLIC_KEY_JWK
import { pathToFileURL } from "node:url";

const [modules, port, callback, afterLogout, publicKey] = process.argv.slice(2);
const { default: Provider } = await import(pathToFileURL(`${modules}/oidc-provider/lib/index.js`).href);

const client = {
  redirect_uris: [callback],
  post_logout_redirect_uris: [afterLogout],
  response_types: ["code"],
  grant_types: ["authorization_code"],
};
const provider = new Provider(`http://localhost:${port}`, {
  clients: [
    {
      ...client,
      client_id: "signs",
      token_endpoint_auth_method: "private_key_jwt",
      token_endpoint_auth_signing_alg: "ES256",
      jwks: { keys: [JSON.parse(publicKey)] },
    },
    { ...client, client_id: "knows-a-secret", client_secret: "known to both sides and to nobody else" },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  // The subject is not the address, as at real providers; who is not yet verified says so in the name.
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({ sub, email: sub.replace("_at_", "@"), email_verified: !sub.startsWith("unverified") }),
  }),
  pkce: { required: () => true },
  cookies: { keys: ["for tests only"] },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("listens"));
