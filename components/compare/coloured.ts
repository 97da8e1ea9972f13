import { highlighted } from '#components/ui/highlight.ts';
import type { CompareDetailDto, CompareStatementDto } from '#lib/dal/dto/compare.ts';

export interface ColouredStatement extends CompareStatementDto {
  html: string;
}

/** An object with its SQL coloured, which is done on the server: the colouring is larger than everything else on the page. */
export interface ColouredDetail extends Omit<CompareDetailDto, 'statements'> {
  statements: readonly ColouredStatement[];
}

export async function coloured(detail: CompareDetailDto): Promise<ColouredDetail> {
  return { ...detail, statements: await Promise.all(detail.statements.map(async (statement) => ({ ...statement, html: (await highlighted(statement.sql)).html }))) };
}
