ALTER TABLE "leaf" ADD COLUMN "note" text;
