-- Purpose: as whom this session acts, which is who owns what it makes.
-- Parameters: none.
-- Lock: none.
select current_user::text as role;
