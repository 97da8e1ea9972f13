'use client';
import { useId, useState } from 'react';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { useSecret } from '#components/sheet/use-secret.ts';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Choice, TextField } from '#components/ui/field.tsx';
import { ShownOnce } from '#components/ui/shown-once.tsx';
import { createPerson, disablePerson, resetPassword, setGroup, setRoles } from '#lib/actions/people.ts';
import type { Role } from '#lib/dal/dto/people.ts';

/** `name` tells the forms apart; with the e-mail address, because two people may share a name. */
export function RolesForm({ personId, name, held, roles }: { personId: string; name: string; held: readonly Role[]; roles: readonly Role[] }) {
  const [chosen, setChosen] = useState<readonly Role[]>(held);
  const changed = roles.some((role) => chosen.includes(role) !== held.includes(role));
  return (
    <ActionForm action={setRoles} hidden={{ personId }} className="flex flex-wrap items-center gap-x-4 gap-y-1" label={`Roles of ${name}`}>
      {roles.map((role) => (
        <Choice
          key={role}
          name="roles"
          value={role}
          label={role}
          checked={chosen.includes(role)}
          onChange={(event) => setChosen(event.currentTarget.checked ? [...chosen, role] : chosen.filter((each) => each !== role))}
        />
      ))}
      {changed ? (
        <Submit look="plain" size="sm">
          Save roles
        </Submit>
      ) : null}
    </ActionForm>
  );
}

/** The group that a person signs for, where policy wants different ones. Names that are in use are offered. */
export function GroupForm({ personId, name, held, groups }: { personId: string; name: string; held: string; groups: readonly string[] }) {
  const [text, setText] = useState(held);
  const list = useId();
  return (
    <ActionForm action={setGroup} hidden={{ personId }} className="flex flex-wrap items-center gap-x-2 gap-y-1" label={`Group of ${name}`}>
      <TextField label={`Group of ${name}`} hideLabel name="group" value={text} onChange={(event) => setText(event.target.value)} maxLength={60} autoComplete="off" list={list} placeholder="no group" className="w-44" />
      <datalist id={list}>
        {groups.map((group) => (
          <option key={group} value={group}>
            {group}
          </option>
        ))}
      </datalist>
      {text.trim() === held ? null : (
        <Submit look="plain" size="sm">
          Save group
        </Submit>
      )}
    </ActionForm>
  );
}

/** Enabling is one press; disabling says first what it does. */
export function DisableForm({ personId, name, disabled }: { personId: string; name: string; disabled: boolean }) {
  const sheet = useSheet('disable', personId);
  if (disabled) {
    return (
      <ActionForm action={disablePerson} hidden={{ personId, disabled: 0 }}>
        <Submit look="plain" size="sm" aria-label={`Enable ${name}`}>
          Enable
        </Submit>
      </ActionForm>
    );
  }
  return (
    <Dialog
      {...sheet}
      title={`Disable ${name}?`}
      description="They have no access from their next click on, and their standing signatures become void. They can be enabled again; the signatures stay void."
      trigger={
        <Button look="quiet" size="sm" aria-label={`Disable ${name}`}>
          Disable
        </Button>
      }
    >
      <ActionForm action={disablePerson} hidden={{ personId, disabled: 1 }} onDone={() => sheet.onOpenChange(false)}>
        <div className="flex justify-end">
          <Submit look="danger">Disable</Submit>
        </div>
      </ActionForm>
    </Dialog>
  );
}

/** The new password is shown where the question was; closing it forgets it. */
export function ResetPassword({ personId, name }: { personId: string; name: string }) {
  const { open, change, secret, made } = useSecret('reset-password', personId);
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title={secret === null ? `A new password for ${name}?` : `The new password of ${name}`}
      description={secret === null ? 'They are signed out everywhere, and come in with a password that is made now. All that it is good for is choosing one of their own.' : undefined}
      trigger={
        <Button look="quiet" size="sm" aria-label={`Reset password of ${name}`}>
          Reset password
        </Button>
      }
    >
      {secret === null ? (
        <ActionForm action={resetPassword} hidden={{ personId }} answersItself onDone={made}>
          <div className="flex justify-end">
            <Submit>Make a new password</Submit>
          </div>
        </ActionForm>
      ) : (
        <ShownOnce text={secret} what="password" onDone={() => change(false)}>
          It is shown this once. Hand it over in person or by a way that you trust; the log says that you made it.
        </ShownOnce>
      )}
    </Dialog>
  );
}

export function NewPerson({ roles }: { roles: readonly Role[] }) {
  const sheet = useSheet('add-a-person');
  return (
    <Dialog {...sheet} title="Add a person" trigger={<Button look="primary">Add a person</Button>}>
      <ActionForm action={createPerson} onDone={() => sheet.onOpenChange(false)} className="grid grid-cols-1 gap-4">
        <TextField label="Name" name="name" required maxLength={200} autoComplete="off" />
        <TextField label="E-mail" name="email" type="email" required autoComplete="off" />
        <TextField label="Password" name="password" type="password" required minLength={12} autoComplete="new-password" hint="At least 12 characters. They choose one of their own when they first sign in." />
        <fieldset className="grid gap-2">
          <legend className="mb-1 font-medium">Roles</legend>
          {roles.map((role) => (
            <Choice key={role} name="roles" value={role} label={role} defaultChecked={role === 'viewer'} />
          ))}
        </fieldset>
        <div className="flex justify-end">
          <Submit>Add</Submit>
        </div>
      </ActionForm>
    </Dialog>
  );
}
