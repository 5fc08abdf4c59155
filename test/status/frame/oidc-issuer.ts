import { createHash, createSign, generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";

/** A company's sign-in for tests: hands out a code for anybody who is said to be at the browser, and checks PKCE. */
export interface OidcIssuer {
  readonly url: string;
  /** What the token says of the person. */
  claims: Record<string, unknown>;
  /** Of the next token, what is not as it has to be. */
  fault: "none" | "nonce" | "audience" | "signature";
  close(): Promise<void>;
}

interface Grant {
  readonly nonce: string;
  readonly challenge: string;
  readonly redirect: string;
}

export const CLIENT = { id: "tandem", secret: "issuer-secret" };

export async function oidcIssuer(): Promise<OidcIssuer> {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const grants = new Map<string, Grant>();
  const issuer = {
    url: "",
    claims: { email: "ann@example.com", email_verified: true } as Record<string, unknown>,
    fault: "none" as OidcIssuer["fault"],
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
  const token = (nonce: string): string => {
    const seconds = Math.floor(Date.now() / 1_000);
    const payload = {
      iss: issuer.url,
      sub: "1",
      aud: issuer.fault === "audience" ? "another" : CLIENT.id,
      iat: seconds,
      exp: seconds + 300,
      nonce: issuer.fault === "nonce" ? "another" : nonce,
      ...issuer.claims,
    };
    const part = (json: object) => Buffer.from(JSON.stringify(json)).toString("base64url");
    const signed = `${part({ alg: "RS256", kid: "1" })}.${part(payload)}`;
    const signature = createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url");
    return `${signed}.${issuer.fault === "signature" ? signature.toUpperCase() : signature}`;
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", issuer.url);
    const json = (body: object, status = 200) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (url.pathname === "/.well-known/openid-configuration") {
      return json({
        issuer: issuer.url,
        authorization_endpoint: `${issuer.url}/authorize`,
        token_endpoint: `${issuer.url}/token`,
        jwks_uri: `${issuer.url}/keys`,
        response_types_supported: ["code"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["RS256"],
      });
    }
    if (url.pathname === "/keys")
      return json({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "1", alg: "RS256", use: "sig" }] });
    if (url.pathname === "/authorize") {
      const requested = (name: string) => url.searchParams.get(name) ?? "";
      const code = `code-${grants.size}`;
      grants.set(code, {
        nonce: requested("nonce"),
        challenge: requested("code_challenge"),
        redirect: requested("redirect_uri"),
      });
      const back = new URL(requested("redirect_uri"));
      back.searchParams.set("code", code);
      back.searchParams.set("state", requested("state"));
      return response.writeHead(302, { location: back.href }).end();
    }
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const form = new URLSearchParams(text);
      const code = form.get("code") ?? "";
      const grant = grants.get(code);
      grants.delete(code);
      const challenge = createHash("sha256")
        .update(form.get("code_verifier") ?? "")
        .digest("base64url");
      if (grant === undefined || grant.challenge !== challenge || grant.redirect !== form.get("redirect_uri"))
        return json({ error: "invalid_grant" }, 400);
      return json({ access_token: "a", token_type: "Bearer", id_token: token(grant.nonce) });
    });
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the issuer has no port");
  issuer.url = `http://127.0.0.1:${address.port}`;
  return issuer;
}
