-- Purpose: every aggregate with a definition put together from its parts: the server has no function for it.
-- Parameters: none.
-- Lock: ACCESS SHARE on the catalogs only.
select p.oid, n.nspname::text as schema,
       quote_ident(p.proname) || '(' || coalesce(nullif(pg_catalog.pg_get_function_identity_arguments(p.oid), ''), '*') || ')' as name,
       quote_ident(n.nspname) || '.' || quote_ident(p.proname) || '(' || coalesce(nullif(pg_catalog.pg_get_function_arguments(p.oid), ''), '*') || E') (\n    SFUNC = ' || a.aggtransfn::regproc
         || E',\n    STYPE = ' || pg_catalog.format_type(a.aggtranstype, null)
         || concat_ws('', null,
              case when a.aggtransspace <> 0 then E',\n    SSPACE = ' || a.aggtransspace end,
              case when a.aggfinalfn <> 0 then E',\n    FINALFUNC = ' || a.aggfinalfn::regproc end,
              case when a.aggfinalextra then E',\n    FINALFUNC_EXTRA' end,
              case when a.aggfinalmodify <> case when a.aggkind = 'n' then 'r' else 'w' end::"char" then E',\n    FINALFUNC_MODIFY = ' || case a.aggfinalmodify when 'r' then 'READ_ONLY' when 's' then 'SHAREABLE' else 'READ_WRITE' end end,
              case when a.aggcombinefn <> 0 then E',\n    COMBINEFUNC = ' || a.aggcombinefn::regproc end,
              case when a.aggserialfn <> 0 then E',\n    SERIALFUNC = ' || a.aggserialfn::regproc end,
              case when a.aggdeserialfn <> 0 then E',\n    DESERIALFUNC = ' || a.aggdeserialfn::regproc end,
              case when a.agginitval is not null then E',\n    INITCOND = ' || quote_literal(a.agginitval) end,
              case when a.aggmtransfn <> 0 then E',\n    MSFUNC = ' || a.aggmtransfn::regproc end,
              case when a.aggminvtransfn <> 0 then E',\n    MINVFUNC = ' || a.aggminvtransfn::regproc end,
              case when a.aggmtranstype <> 0 then E',\n    MSTYPE = ' || pg_catalog.format_type(a.aggmtranstype, null) end,
              case when a.aggmtransspace <> 0 then E',\n    MSSPACE = ' || a.aggmtransspace end,
              case when a.aggmfinalfn <> 0 then E',\n    MFINALFUNC = ' || a.aggmfinalfn::regproc end,
              case when a.aggmfinalextra then E',\n    MFINALFUNC_EXTRA' end,
              case when a.aggmtransfn <> 0 and a.aggmfinalmodify <> case when a.aggkind = 'n' then 'r' else 'w' end::"char" then E',\n    MFINALFUNC_MODIFY = ' || case a.aggmfinalmodify when 'r' then 'READ_ONLY' when 's' then 'SHAREABLE' else 'READ_WRITE' end end,
              case when a.aggminitval is not null then E',\n    MINITCOND = ' || quote_literal(a.aggminitval) end,
              case when a.aggsortop <> 0 then (select E',\n    SORTOP = OPERATOR(' || quote_ident(sn.nspname) || '.' || so.oprname || ')' from pg_catalog.pg_operator so join pg_catalog.pg_namespace sn on sn.oid = so.oprnamespace where so.oid = a.aggsortop) end,
              case when p.proparallel <> 'u' then E',\n    PARALLEL = ' || case p.proparallel when 's' then 'safe' else 'restricted' end end,
              case when a.aggkind = 'h' then E',\n    HYPOTHETICAL' end)
         || E'\n)' as definition,
       pg_catalog.pg_get_userbyid(p.proowner)::text as owner
from pg_catalog.pg_aggregate a
join pg_catalog.pg_proc p on p.oid = a.aggfnoid
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname !~ '^countersign(_|$)'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e')
