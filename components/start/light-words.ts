import type { LightColour } from '#lib/pipeline/start-light.ts';

/** What the light says of a start: the colour alone says nothing to whoever does not know it. */
export const LIGHT_WORDS: Readonly<Record<LightColour, string>> = { green: 'nothing is in the way', amber: 'it may start, but look first', red: 'it would not get through' };

/** The same beside the button, where there is little room. */
export const SHORT_LIGHT_WORDS: Readonly<Record<LightColour, string>> = { green: 'nothing in the way', amber: 'look first', red: 'would not get through' };
