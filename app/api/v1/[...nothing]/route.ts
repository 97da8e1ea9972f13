import { nothingHere } from '#lib/dal/api/problems.ts';

export const dynamic = 'force-dynamic';

/** A program that asks for what is not there gets JSON too, not a page. */
export { nothingHere as GET, nothingHere as POST, nothingHere as PUT, nothingHere as PATCH, nothingHere as DELETE };
