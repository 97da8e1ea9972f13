export interface SignInProblem {
  sentence: string;
  errorId: string | null;
}

const SENTENCES: Readonly<Record<string, string>> = {
  CredentialsSignin: 'The e-mail address or the password is wrong. Nothing more is said about which, on purpose.',
  too_many_tries: 'Too many tries for this address. Wait some minutes, then try again.',
  not_verified: 'Your provider has not verified your e-mail address, or it belongs to another account here. Ask an admin.',
  disabled: 'This account is disabled. Ask an admin.',
  unreachable: 'The server did not answer. Nothing was changed; try again.',
  OAuthCallback: 'The provider refused the sign-in, or it took too long. Try again.',
  Callback: 'The provider did not let you in. Nobody was signed in. Try again, or ask an admin.',
  OAuthSignin: 'The provider could not be reached. Try again, or sign in with a password.',
};

/** What the sign-in page says for next-auth's `error`; a text that nobody chose is never shown. */
export function signInProblem(error: string): SignInProblem {
  const surprise = /^surprise-([\w-]{1,64})$/.exec(error);
  if (surprise) return { sentence: 'Something unexpected happened while signing in. Nobody was signed in.', errorId: surprise[1] ?? null };
  return { sentence: SENTENCES[error] ?? 'Signing in did not work. Try again.', errorId: null };
}

/** Only a path of this site may follow a sign-in. */
export function safePath(text: string | undefined): string {
  if (!text) return '/';
  try {
    const url = new URL(text, 'http://here.invalid');
    const path = `${url.pathname}${url.search}${url.hash}`;
    return text.startsWith('//') || text.includes('\\') || !/^\/(?!\/|sign-in)/.test(path) ? '/' : path;
  } catch {
    return '/';
  }
}
