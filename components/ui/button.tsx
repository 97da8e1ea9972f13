'use client';
import type { ComponentProps, ReactNode } from 'react';
import { buttonClasses, type ButtonLook, type ButtonSize } from './button-classes.ts';
import { Link } from './link.tsx';
import { useAwake } from './use-awake.ts';

interface Look {
  look?: ButtonLook;
  size?: ButtonSize;
  icon?: ReactNode;
}

/** Cannot be pressed before its script has come: what was pressed till then would be lost without a word, or sent as the browser thinks best. */
export function Button({ look, size, icon, className, children, type = 'button', disabled, ...rest }: ComponentProps<'button'> & Look) {
  const awake = useAwake();
  return (
    <button type={type} className={buttonClasses(look, size, className)} {...rest} disabled={disabled === true || !awake} data-waking={awake || disabled ? undefined : ''}>
      {icon}
      {children}
    </button>
  );
}

export function ButtonLink({ look, size, icon, className, children, ...rest }: ComponentProps<typeof Link> & Look) {
  return (
    <Link className={buttonClasses(look, size, className)} {...rest}>
      {icon}
      {children}
    </Link>
  );
}
