import { ButtonLink } from '#components/ui/button.tsx';

export function NotFoundView() {
  return (
    <div className="mx-auto grid max-w-xl justify-items-start gap-3 py-10">
      <h1 className="text-xl font-semibold">There is nothing under this address</h1>
      <p className="text-ink-muted">A plan, run or page of this name does not exist, or you may not see it.</p>
      <ButtonLink look="primary" href="/">
        Home
      </ButtonLink>
    </div>
  );
}
