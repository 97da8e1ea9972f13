import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

/** argon2id in PHC form, with the library's recommended cost. */
export function hashPassword(password: string): Promise<string> {
  return hash(password);
}

let decoy: Promise<string> | null = null;

/**
 * Does the password fit? With no hash (unknown e-mail, or a person who comes by OpenID Connect only) it verifies against a
 * decoy and says no, so that the answer takes as long and tells nobody which e-mail addresses exist.
 */
export async function passwordFits(passwordHash: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword(randomBytes(32).toString('hex'));
  const fits = await verify(passwordHash ?? (await decoy), password);
  return passwordHash !== null && fits;
}
