import { NotFoundView } from '#components/not-found-view.tsx';

export default function RootNotFound() {
  return (
    <main className="px-4">
      <NotFoundView />
    </main>
  );
}
