import { type Signal, useSignal } from '@preact/signals';
import { actor, OWNER } from '../api/actor.ts';
import { isJsonObject } from '../api/exact-json.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { catalog } from './catalog.ts';
import { closeOverlay } from './overlay.ts';

const roles = [
  { name: 'service_role', told: 'Sees and changes everything' },
  { name: 'authenticated', told: 'Somebody who is signed in' },
  { name: 'anon', told: 'A stranger' },
] as const;

/** Chooses as whom the page reads and writes, to see what policies let through. */
export function ActorDialog() {
  const role = useSignal<string>(actor.value.role);
  const claims = useSignal(JSON.stringify(actor.value.claims, null, 2));
  const token = useSignal(actor.value.token ?? '');
  const wrong = useSignal<string | null>(null);
  const canSign = catalog.value?.canSign !== false;
  const apply = () => {
    try {
      const read: unknown = JSON.parse(claims.value === '' ? '{}' : claims.value);
      if (!isJsonObject(read)) throw new Error('Claims are an object');
      actor.value = { role: role.value, claims: read, ...(token.value === '' ? {} : { token: token.value }) };
      closeOverlay();
    } catch (error) {
      wrong.value = error instanceof Error ? error.message : 'Not JSON';
    }
  };
  return (
    <Dialog
      title="View as"
      onClose={closeOverlay}
      footer={
        <>
          <Button
            label="Back to service_role"
            onClick={() => {
              actor.value = OWNER;
              closeOverlay();
            }}
          />
          <span class="spacer" />
          <Button primary label="View" onClick={apply} />
        </>
      }
    >
      <Roles role={role} />
      {role.value === 'authenticated' && <Claims claims={claims} wrong={wrong} />}
      {!canSign && role.value !== 'anon' && <Token token={token} />}
      {wrong.value !== null && (
        <p class="wrong" role="alert">
          {wrong.value}
        </p>
      )}
    </Dialog>
  );
}

interface ClaimsProps {
  readonly claims: Signal<string>;
  readonly wrong: Signal<string | null>;
}

function Claims({ claims, wrong }: ClaimsProps) {
  return (
    <label class="field">
      <span>Claims, as the policies read them</span>
      <textarea
        rows={5}
        class="code"
        spellcheck={false}
        aria-invalid={wrong.value !== null}
        placeholder='{"sub": "usr_…", "org_id": "org_…"}'
        value={claims.value === '{}' ? '' : claims.value}
        onInput={(event) => {
          claims.value = event.currentTarget.value;
          wrong.value = null;
        }}
      />
    </label>
  );
}

function Token({ token }: { readonly token: Signal<string> }) {
  return (
    <label class="field">
      <span>Token (this server cannot make one)</span>
      <input
        value={token.value}
        onInput={(event) => {
          token.value = event.currentTarget.value;
        }}
      />
    </label>
  );
}

function Roles({ role }: { readonly role: Signal<string> }) {
  return (
    <fieldset class="choices">
      <legend class="visually-hidden">Role</legend>
      {roles.map(({ name, told }) => (
        <label key={name} class="choice">
          <input
            type="radio"
            name="role"
            autofocus={role.value === name}
            checked={role.value === name}
            onChange={() => {
              role.value = name;
            }}
          />
          <span>
            <strong>{name}</strong>
            <span class="muted">{told}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
