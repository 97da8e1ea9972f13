-- What Drizzle has noted. It runs what has a later time in its journal than the largest created_at here, and looks at nothing else.
select id::text as id, hash, created_at::text as created_at
from :"ledger"
order by created_at, id
