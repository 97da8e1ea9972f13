import { answerAuth } from '#lib/dal/session.ts';

export const dynamic = 'force-dynamic';
export { answerAuth as GET, answerAuth as POST };
