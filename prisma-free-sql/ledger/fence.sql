-- First statement of every step: no row = this attempt ($2) of run $1 has been replaced. FOR SHARE makes a takeover wait for this transaction.
select attempt from countersign.run where id = $1 and attempt = $2 for share;
