import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** A fresh API key: 256 random bits. */
export function newApiKey(): string {
  return `nk_${randomBytes(32).toString('base64url')}`;
}

/** What of a key may be shown, to tell it from others. */
export function keyPrefix(key: string): string {
  return key.slice(0, 11);
}

/** A fresh token of a link or a browser session: 256 random bits. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256 in hex. Secrets of 256 random bits need no slow hash. */
export function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Seals a text so that only who holds the key text can read it. */
export function seal(text: string, keyText: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sealKey(keyText), nonce);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
}

/** Reads what was sealed with the same key text; throws for any other. */
export function unseal(sealed: string, keyText: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', sealKey(keyText), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return decipher.update(bytes.subarray(28), undefined, 'utf8') + decipher.final('utf8');
}

function sealKey(keyText: string): Buffer {
  return Buffer.from(hkdfSync('sha256', keyText, '', 'niitaka idempotent answer', 32));
}
