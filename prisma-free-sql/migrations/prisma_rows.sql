-- What Prisma has noted, in the order in which it began: a row without finished_at and rolled_back_at is a migration that failed.
select id, checksum, migration_name as name, logs,
       to_char(started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as started_at,
       to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as finished_at,
       to_char(rolled_back_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as rolled_back_at
from :"ledger"
order by started_at, id
