'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { useSecret } from '#components/sheet/use-secret.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Choice, Select, TextField } from '#components/ui/field.tsx';
import { ShownOnce } from '#components/ui/shown-once.tsx';
import { chooseNotifications, createWebhook, disableWebhook, redeliver } from '#lib/actions/notifications.ts';
import type { MailChoiceDto } from '#lib/dal/dto/notifications.ts';

export function MailChoices({ choices }: { choices: readonly MailChoiceDto[] }) {
  return (
    <ActionForm action={chooseNotifications} label="Events of which you get mail">
      <div className="grid gap-x-8 gap-y-2 sm:grid-cols-2 lg:grid-cols-3">
        {choices.map(({ event, name, mail }) => (
          <Choice key={event} name="events" value={event} label={name} defaultChecked={mail} />
        ))}
      </div>
      <div className="mt-3">
        <Submit look="plain">Save</Submit>
      </div>
    </ActionForm>
  );
}

/** The dialog shows the secret where the form was; closing it forgets it. */
export function NewWebhook({ events }: { events: readonly { event: string; name: string }[] }) {
  const { open, change, secret, made } = useSecret('add-a-webhook');
  return (
    <Dialog open={open} onOpenChange={change} title={secret === null ? 'Add a webhook' : 'The secret of the webhook'} trigger={<Button look="primary">Add a webhook</Button>}>
      {secret === null ? (
        <ActionForm action={createWebhook} answersItself onDone={made} className="grid grid-cols-1 gap-4">
          <TextField label="Name" name="name" required maxLength={100} autoComplete="off" />
          <TextField label="Address" name="url" type="url" required maxLength={2000} autoComplete="off" hint="Kept sealed, and not shown again. Private networks are refused unless the worker’s environment allows them." />
          <Select label="Form of the message" name="form" defaultValue="json" className="max-w-80">
            <option value="json">JSON, for programs</option>
            <option value="slack">Slack, incoming webhook</option>
            <option value="teams">Teams, workflow with an Adaptive Card</option>
          </Select>
          <fieldset className="grid gap-2">
            <legend className="mb-1 font-medium">Events</legend>
            {events.map(({ event, name }) => (
              <Choice key={event} name="events" value={event} label={name} defaultChecked />
            ))}
          </fieldset>
          <div className="flex justify-end">
            <Submit>Add</Submit>
          </div>
        </ActionForm>
      ) : (
        <ShownOnce text={secret} what="secret" onDone={() => change(false)}>
          It is shown this once. A receiver recomputes HMAC-SHA-256 over “t.body” with it and compares with v1 of X-Countersign-Signature. Slack and Teams need no secret.
        </ShownOnce>
      )}
    </Dialog>
  );
}

export function DisableWebhook({ webhookId, name, disabled }: { webhookId: string; name: string; disabled: boolean }) {
  return (
    <ActionForm action={disableWebhook} hidden={{ webhookId, disabled: disabled ? 0 : 1 }}>
      <Submit look={disabled ? 'plain' : 'quiet'} size="sm" aria-label={`Switch ${disabled ? 'on' : 'off'} ${name}`}>
        {disabled ? 'Switch on' : 'Switch off'}
      </Submit>
    </ActionForm>
  );
}

export function Redeliver({ deliveryId, what }: { deliveryId: string; what: string }) {
  return (
    <ActionForm action={redeliver} hidden={{ deliveryId }}>
      <Submit look="plain" size="sm" aria-label={`Deliver again: ${what}`}>
        Deliver again
      </Submit>
    </ActionForm>
  );
}
