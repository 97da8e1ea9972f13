import type { Metadata } from 'next';
import { Notifications } from '#components/notifications/notifications.tsx';
import { viewerAt } from '#app/viewer.ts';
import { loadNotifications } from '#lib/dal/load-notifications.ts';

export const metadata: Metadata = { title: 'Notifications' };

export default async function NotificationsPage() {
  await viewerAt('/notifications');
  return <Notifications {...await loadNotifications()} />;
}
