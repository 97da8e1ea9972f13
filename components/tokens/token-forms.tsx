'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { useSecret } from '#components/sheet/use-secret.ts';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Choice, Select, TextField } from '#components/ui/field.tsx';
import { ShownOnce } from '#components/ui/shown-once.tsx';
import { createToken, revokeToken } from '#lib/actions/tokens.ts';

/** The dialog shows the token where the form was; closing it forgets it. */
export function NewToken() {
  const { open, change, secret, made } = useSecret('make-a-token');
  return (
    <Dialog open={open} onOpenChange={change} title={secret === null ? 'Make a token' : 'Your new token'} trigger={<Button look="primary">Make a token</Button>}>
      {secret === null ? (
        <ActionForm action={createToken} answersItself onDone={made} className="grid grid-cols-1 gap-4">
          <TextField label="Name" name="name" required maxLength={100} autoComplete="off" hint="Where it will be used, such as “shop CI”. The log shows it." />
          <fieldset className="grid gap-2">
            <legend className="mb-1 font-medium">It may</legend>
            <Choice type="radio" name="scope" value="read" label="Read" hint="Databases, comparisons, plans and how they stand." defaultChecked />
            <Choice type="radio" name="scope" value="plan:write" label="Read and make plans" hint="Where you are an author. You cannot approve what it makes." />
          </fieldset>
          <Select label="It counts for" name="days" defaultValue="90" className="max-w-60">
            <option value="7">7 days</option>
            <option value="30">30 days</option>
            <option value="90">90 days</option>
            <option value="365">one year</option>
          </Select>
          <div className="flex justify-end">
            <Submit>Make the token</Submit>
          </div>
        </ActionForm>
      ) : (
        <ShownOnce text={secret} what="token" onDone={() => change(false)}>
          It is shown this once: Countersign keeps only its hash.
        </ShownOnce>
      )}
    </Dialog>
  );
}

/** `prefix` tells tokens of one name apart. */
export function RevokeToken({ tokenId, name, prefix }: { tokenId: string; name: string; prefix: string }) {
  const sheet = useSheet('revoke', tokenId);
  return (
    <Dialog
      {...sheet}
      title={`Revoke “${name}”?`}
      description="Programs that use it are refused from their next request on. A revoked token does not come back."
      trigger={
        <Button look="quiet" size="sm" className="justify-self-start md:justify-self-end" aria-label={`Revoke ${name}, ${prefix}`}>
          Revoke
        </Button>
      }
    >
      <ActionForm action={revokeToken} hidden={{ tokenId }} onDone={() => sheet.onOpenChange(false)}>
        <div className="flex justify-end">
          <Submit look="danger">Revoke</Submit>
        </div>
      </ActionForm>
    </Dialog>
  );
}
