CREATE TABLE "leaf" (
	"id" serial PRIMARY KEY NOT NULL,
	"placed_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "leaf_placed_at" ON "leaf" USING btree ("placed_at");
