'use client';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { TooltipProvider } from '#components/ui/tooltip.tsx';
import { NoticeProvider } from './notices.tsx';

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(() => new QueryClient({ defaultOptions: { queries: { staleTime: 5_000, retry: 1 } } }));
  return (
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <NoticeProvider>{children}</NoticeProvider>
      </TooltipProvider>
    </QueryClientProvider>
  );
}
