/** Names under which people keep what only one may read. A plain `.key` or `.pem` is often public. */
const names =
  /^(id_(rsa|dsa|ecdsa|ed25519)|\.env|\.netrc|\.git-credentials|\.pypirc|\.pgpass|.*\.(p12|pfx)|(.*[-_.])?(private|server|tls)[-_.]?key(\.pem)?|.*[-_.](server|tls)\.key)$/

/** A key or credential, by the name of the file. */
export function isPrivateName(name: string): boolean {
  return names.test(name)
}

/** Files of the system that are secret as they come. */
export function isSecretOfSystem(path: string): boolean {
  return /^\/etc\/(g?shadow-?|krb5\.keytab|ssh\/ssh_host_\w+_key)$/.test(path)
}
