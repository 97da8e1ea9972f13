import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

// Everything secret about webhooks rests on one key of the environment (COUNTERSIGN_WEBHOOK_KEY): addresses are sealed with it, and the secret that
// signs for a webhook is derived from it, so that the control database holds neither.

function derived(key: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, 'countersign', purpose, 32));
}

/** The secret of a webhook, `whsec_…`: shown once when it is made, computed again at every delivery. */
export function webhookSecret(key: string, webhookId: string): string {
  return `whsec_${derived(key, `webhook secret ${webhookId}`).toString('base64url')}`;
}

/** Seals an address for one webhook (AES-256-GCM; the id is bound to it, so that no row can borrow another's). */
export function sealed(key: string, webhookId: string, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', derived(key, 'webhook address'), nonce).setAAD(Buffer.from(webhookId));
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** Opens it again; null under another key, or when it was changed. */
export function unsealed(key: string, webhookId: string, text: string): string | null {
  const bytes = Buffer.from(text, 'base64url');
  try {
    const decipher = createDecipheriv('aes-256-gcm', derived(key, 'webhook address'), bytes.subarray(0, 12)).setAAD(Buffer.from(webhookId)).setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}

/** `t=…,v1=…`: seconds since 1970, and HMAC-SHA-256 in hex over `<t>.<body>`. A receiver recomputes it, and refuses what is old. */
export function webhookSignature(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}
