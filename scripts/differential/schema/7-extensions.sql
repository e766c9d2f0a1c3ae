-- Types of extensions and a foreign table; the embedded engine has none of them.
CREATE EXTENSION citext SCHEMA public; CREATE EXTENSION hstore SCHEMA public; CREATE EXTENSION ltree SCHEMA public; CREATE EXTENSION file_fdw SCHEMA public;
SET search_path = v1, public;
CREATE TABLE extended (id int PRIMARY KEY, c citext, h hstore, l ltree, q lquery, cs citext[]); INSERT INTO extended VALUES (1,'CaSe','a=>1,"b c"=>NULL','top.mid.low','*.mid.*','{A,b}'),(2,NULL,NULL,NULL,NULL,NULL);
CREATE FUNCTION f_extended(c citext, h hstore DEFAULT '', l ltree DEFAULT 'a') RETURNS text STABLE LANGUAGE sql AS $$ select c || h::text || l::text $$;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE premieres (id int, location text, book_id int) SERVER files OPTIONS (program 'printf "1,Cannes,1\n2,Venice,2\n3,Nowhere,\n"', format 'csv');
CREATE FUNCTION book(premieres) RETURNS SETOF books ROWS 1 STABLE LANGUAGE sql AS 'select * from v1.books where id = $1.book_id';
CREATE FUNCTION premieres(books) RETURNS SETOF premieres STABLE LANGUAGE sql AS 'select * from v1.premieres where book_id = $1.id';
