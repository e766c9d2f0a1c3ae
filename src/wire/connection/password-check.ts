import { authenticationSasl, authenticationSaslContinue, authenticationSaslFinal } from '../protocol/replies.ts';
import { MECHANISM, ScramServer } from './scram.ts';

export interface PasswordAnswer {
  readonly reply: Uint8Array;
  /** The client knows the password. */
  readonly passed: boolean;
}

/** Asks a client for the password, message by message. */
export class PasswordCheck {
  private readonly scram: ScramServer;
  private challenged = false;

  constructor(password: string) {
    this.scram = new ScramServer(password);
  }

  request(): Uint8Array {
    return authenticationSasl(MECHANISM);
  }

  /** What to say to a message of the client; undefined: it does not know the password. */
  answer(body: Buffer): PasswordAnswer | undefined {
    if (this.challenged) {
      const final = this.scram.verify(body.toString('utf8'));
      return final === undefined ? undefined : { reply: authenticationSaslFinal(final), passed: true };
    }
    this.challenged = true;
    const challenge = this.scram.challenge(saslInitial(body));
    return challenge === undefined ? undefined : { reply: authenticationSaslContinue(challenge), passed: false };
  }
}

/** SASLInitialResponse: the mechanism's name, then a length and the client's first message. */
function saslInitial(body: Buffer): string {
  const end = body.indexOf(0);
  return body.toString('utf8', 0, end) === MECHANISM ? body.toString('utf8', end + 5) : '';
}
