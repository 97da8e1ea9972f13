import { aboutWords } from './environment.ts';
import type { Section } from './document.ts';

// Which sections tell and do nothing, by their titles. What is left out is always named, so a wrong guess is seen and not suffered.

const TELLING: readonly [RegExp, string][] = [
  [/\b(?:history|timeline|changelog|change log|lessons learned|post-?mortem|retrospective)\b/i, 'is a history or a calendar'],
  [/\b(?:overview|background|context|summary|current (?:situation|state)|statistics|impact|motivation|goals?|scope|glossary|purpose)\b/i, 'explains'],
  [/\b(?:warning|important notes?|general notes?|best practices|rules|principles|what (?:almost )?went wrong)\b|^notes?$/i, 'warns or gives rules'],
  [/\b(?:troubleshooting|common (?:issues|problems|errors)|known issues|faq)\b/i, 'is about what to do when something goes wrong'],
  [/\b(?:examples?|patterns?|templates?|structure)\b|\b(?:old|previous|former|original) (?:definitions?|schema|ddl|state)\b/i, 'shows examples'],
  [/\b(?:success criteria|acceptance criteria|definition of done)\b/i, 'says when it has gone well'],
  [/\b(?:contacts?|references|related|links|further reading|see also|appendix|annex|table of contents)\b|^contents$/i, 'points elsewhere'],
];

/** Why a section by itself is told and not done, as the end of a sentence; null where it may be done. */
export function tells(section: Section): string | null {
  if (section.depth === 0) return null;
  const found = TELLING.find(([words]) => words.test(section.title));
  if (found && !isNumbered(section.title)) return found[1];
  return null;
}

/** A section about another database: its shell commands and lists are left out, its SQL is kept open. */
export function isElsewhere(section: Section, target: string): boolean {
  for (let here: Section | null = section; here && here.depth > 0; here = here.parent) {
    const about = aboutWords(here.title, target);
    if (about !== 'unsaid') return about === 'other';
  }
  return false;
}

/** Checking again is done even where the rest of a chapter tells. */
export function isChecking(title: string): boolean {
  return /\b(?:validation|verification)\b/i.test(title) && !/\bresults?\b/i.test(title);
}

/** `Phase 2: …`, `Stage 3`. */
export function isNumbered(title: string): boolean {
  return /^\W*(?:phase|stage|part)\s+(?:\d+|[ivx]+)\b/i.test(title);
}

/** `Step 3: …`, `2.1 …`, `4) …`: a part of something larger. */
export function isStepTitle(title: string): boolean {
  return /^\W*(?:step\s+\d+\b|\d+(?:\.\d+)+\b|\d+[.)]\s)/i.test(title);
}

/** The number that a title begins with: `2.1`, `Step 3`. */
export function numberIn(title: string): string | null {
  return /^\W*?((?:step\s+)?\d+(?:\.\d+)*)(?=[\s.:)])/i.exec(title)?.[1] ?? null;
}

/** `Option 2: …`: one of several ways, of which one is gone. */
export function isAlternative(title: string): boolean {
  return /^\W*(?:option|alternative|variant|approach|method)\s+(?:\d+|[a-d])\b/i.test(title);
}

export function isRecommended(title: string): boolean {
  return /\b(?:recommended|preferred)\b/i.test(title) && !/\bnot recommended\b/i.test(title);
}

export function isRollback(title: string): boolean {
  return /\b(?:roll(?:ing)?[ -]?back|revert(?:ing)?|back(?:ing)?[ -]?out|way back|undo(?:ing)?|bail(?:ing)?[ -]?out|plan b|contingency|emergency(?! (?:contacts?|numbers?|access|phone)))\b|\b(?:fall-?back|abort|recovery|restore) (?:plan|procedure|steps?|path|script)\b/i.test(title) || (BAD_DAY.test(title) && !/\?\s*$/.test(title)) || ROLLBACK_ELSEWHERE.test(title);
}

/** In German, Turkish, French and Spanish: a way back that is taken for a way forward undoes the plan. */
const ROLLBACK_ELSEWHERE = /rückbau|rückgängig|zurück(?:rollen|nehmen|setzen|bauen|drehen)|geri (?:al|dön)|retour (?:en )?arrière|revenir en arrière|annulation|deshacer|revertir|reversión|vuelta atrás/iu;

/** What is kept for the case that it does not go well. */
const BAD_DAY = /\b(?:if|when|should) (?:something|anything|it|this|that|things?|all else|(?:the|any|a) \w+)\b[^.]{0,40}\b(?:goes?|go|went) wrong\b|\b(?:if|when|should) (?:something|anything|it|this|that|(?:the|any|a|phase|step|stage|part) \w+)\b[^.]{0,30}\b(?:fails?|failed|breaks?|broke)\b[^.]*:?\s*$|\bin (?:case of|the event of|an) (?:failure|trouble|problems?|errors?|emergency)\b|(?:falls|wenn|sollte) (?:etwas|was|es) [^.]*schief|im fehlerfall|sorun (?:olursa|çıkarsa)|hata olursa/iu;

/** A sentence above a passage that says when it is run: to go back, or when a look at it was not good. */
export function isBackIntro(text: string): boolean {
  if (BAD_DAY.test(text)) return true;
  if (!/[:：]\s*$/.test(text)) return false;
  return /^(?:(?:emergency|full) )?(?:roll ?back|undo|revert|back[ -]?out|down(?: migration)?|otherwise|or else|plan b)\b[^.]*:|\b(?:to|for) (?:roll(?:ing)? ?back|undo|revert(?:ing)?|back(?:ing)? out|go(?:ing)? back)\b[^.]*:/i.test(text)
    || /^(?:if|when|should) (?:not\b|(?:it|this|that|they|one|these|(?:the|any|a|either) [\w ]{1,30}?) (?:(?:is|are|do|does|did|has|have|was|were)(?: not|n['’]t)\b|differs?\b|(?:is|are|looks?) (?:wrong|off|different|unexpected|bad)\b))[^.]*:/i.test(text)
    || ROLLBACK_ELSEWHERE.test(text);
}

/** Not `do not run this in a transaction`, which says how it is done. */
const NOT_DONE = /\b(?:do not|don['’]t|never|must not)(?: ever)? (?:run|execute|use|apply|do|paste)(?: (?:this|it|these|that|the following|any of (?:this|these)))?(?: (?:form|way|one|statements?|sql|query|command|script))?(?: (?:on|in|against) (?:the )?(?:prod(?:uction)?|live)(?: database)?| by hand| again| any ?more)?\s*(?:[.:!,;—–-]|$)/i;

/** A comment that turns to the way back, as tools for migrations and people mark it; `forward`: back again. */
export function turnIn(comment: string): 'back' | 'forward' | null {
  const words = comment.replace(/^\W*(?:(?:goose|migrate|liquibase|dbmate)[ :])?|\W+$/giu, '').trim();
  if (/^(?:(?:emergency|full|manual|the) )?(?:roll ?back|down|undo|revert|back[ -]?out)(?: (?:migration|script|section|steps?|plan|procedure|sql|statements?|changes?|part|if needed|this|these|it))*$/i.test(words)) return 'back';
  if (isBackIntro(comment.endsWith(':') ? comment : `${comment} `) || (/^\p{L}+(?: \p{L}+)?$/u.test(words) && ROLLBACK_ELSEWHERE.test(words))) return 'back';
  return /^(?:up|forward|apply|upgrade)(?: migration| script)?$|^(?:step|phase|part) \d/i.test(words) ? 'forward' : null;
}

/** A sentence above a passage that is there to be seen. */
export function isNotDone(text: string): boolean {
  return NOT_DONE.test(text) || /\bfor reference(?: only)?\b|\b(?:the )?wrong way\b|\banti-?pattern\b|\b(?:looked|was|were|defined|definition)\b[^.:]{0,20}\bbefore:\s*$/i.test(text);
}

/** A sentence above a passage that wants it done several times. */
export function isRepeated(text: string): boolean {
  return /[:：]\s*$/.test(text) && /\b(?:until (?:it|done|finished|complete)|repeat(?:edly)?|as (?:often|long) as|in a loop|over and over|for (?:each|every))\b/i.test(text);
}

/** A sentence above a passage that leaves it to a person whether it is done. */
export function isCondition(text: string): boolean {
  return /[:：]\s*$/.test(text) && /^(?:only |but only )?(?:if|in case|where needed|as needed|falls|wenn)\b|^\W*(?:optional(?:ly)?|only when)\b/i.test(text);
}

/** The same in a remark beside SQL: it leads to nothing, and what it asks nobody is asked. */
export function isConditionBeside(remark: string): boolean {
  return /^\W*(?:(?:but )?only )?(?:if|when|unless|in case|where (?:needed|necessary)|as needed|falls|wenn|nur wenn|si|eğer)\b|^\W*optional(?:ly)?\b|\b(?:only|skip(?: (?:this|it))?|not needed|unnecessary) (?:if|when|unless|where)\b|\b(?:if|as) (?:needed|necessary|required|applicable)\b|\b(?:skip|leave) (?:this|it)(?: out)?,? (?:if|when)\b/iu.test(remark);
}

/** What is done before the rest, wherever it stands in the text. */
export function isBeforehand(title: string): boolean {
  return /^\W*(?:before\b|pre-?(?:deployment|deploy|migration|flight|requisites|checks?)\b|prerequisites\b|preparations?\b)/i.test(title);
}

/** What has to be so before anything runs. */
export function isPreparation(item: string): boolean {
  return /\b(?:backed up|back-?ups? (?:taken|made|verified|ready)|reviewed|approved|signed off|ready|in place|informed|announced|scheduled)\b/i.test(item);
}

/** What a report leaves to do. */
export function isLeftToDo(title: string): boolean {
  return /\b(?:remaining|follow[ -]?ups?|next steps|still to do|todo|to do|within|outstanding|open (?:items|points|tasks))\b/i.test(title);
}

/** What a plan leaves for afterwards. */
export function isFollowUps(title: string): boolean {
  return /\b(?:follow[ -]?ups?|next steps|remaining work|still to do|open (?:items|points|tasks))\b/i.test(title);
}

/** A document that says at its head that all is done. */
export function isReport(titles: readonly string[], head: string): boolean {
  const [first = ''] = titles;
  if (/\b(?:plan|guide|runbook|playbook)\b/i.test(first)) return false;
  return /\b(?:completed|completion report|post-?migration report|migration report|done)\b/i.test(first) || /\bstatus\W+(?:successfully )?(?:completed|done|finished)\b/i.test(head);
}
