CREATE TABLE behind (a integer);
