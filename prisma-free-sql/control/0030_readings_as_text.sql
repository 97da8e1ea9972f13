-- A reading is written and read whole, and nothing asks inside it: as jsonb the server takes it apart and puts it together again, which of ten thousand tables takes seconds each time.
-- Lock: ACCESS EXCLUSIVE on the table while it is written anew, a second for about ten megabytes of readings.
alter table snapshot alter column content type json using content::json;
