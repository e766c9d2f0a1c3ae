import { expect, test } from 'bun:test';
import { onEveryEngine } from './databases.ts';
import { describeRelationship, relationshipsFrom } from './describe-relationship.ts';

interface Case {
  readonly name: string;
  readonly sql: string;
  /** Relationships by source table, as `describeRelationship` puts them. */
  readonly expected: Readonly<Record<string, readonly string[]>>;
}

const films = `
  create table directors (id int primary key, name text);
  create table films (id int primary key, director_id int references directors);`;

const cases: readonly Case[] = [
  {
    name: 'a foreign key goes both ways',
    sql: films,
    expected: {
      films: ['films > directors director_id=id (films_director_id_fkey) many-to-one'],
      directors: ['directors > films id=director_id (films_director_id_fkey) one-to-many'],
    },
  },
  {
    name: 'a unique foreign key is one-to-one, on both sides',
    sql: `create table people (id int primary key);
      create table passports (id int primary key, person_id int unique references people);
      create table profiles (person_id int primary key references people);`,
    expected: {
      passports: ['passports > people person_id=id (passports_person_id_fkey) one-to-one'],
      profiles: ['profiles > people person_id=id (profiles_person_id_fkey) one-to-one'],
      people: [
        'people > passports id=person_id (passports_person_id_fkey) one-to-one parent',
        'people > profiles id=person_id (profiles_person_id_fkey) one-to-one parent',
      ],
    },
  },
  {
    name: 'a composite key is unique only as a whole, whatever its order',
    sql: `create table orders (shop int, no int, primary key (shop, no));
      create table receipts (no int, shop int, foreign key (no, shop) references orders (no, shop), unique (shop, no));
      create table parcels (id int primary key, shop int unique, no int,
        constraint of_order foreign key (shop, no) references orders);`,
    expected: {
      receipts: ['receipts > orders no=no,shop=shop (receipts_no_shop_fkey) one-to-one'],
      parcels: ['parcels > orders shop=shop,no=no (of_order) many-to-one'],
    },
  },
  {
    name: 'a self reference goes both ways too',
    sql: 'create table nodes (id int primary key, parent_id int references nodes)',
    expected: {
      nodes: [
        'nodes > nodes id=parent_id (nodes_parent_id_fkey) one-to-many self',
        'nodes > nodes parent_id=id (nodes_parent_id_fkey) many-to-one self',
      ],
    },
  },
  {
    name: 'a junction has both foreign keys inside its primary key',
    sql: `create table users (id int primary key); create table tasks (id int primary key);
      create table users_tasks (user_id int references users, task_id int references tasks, primary key (user_id, task_id));`,
    expected: {
      users: [
        'users > tasks through id=user_id > users_tasks < id=task_id (users_tasks_user_id_fkey, users_tasks_task_id_fkey)',
        'users > users_tasks id=user_id (users_tasks_user_id_fkey) one-to-many',
      ],
      tasks: [
        'tasks > users through id=task_id > users_tasks < id=user_id (users_tasks_task_id_fkey, users_tasks_user_id_fkey)',
        'tasks > users_tasks id=task_id (users_tasks_task_id_fkey) one-to-many',
      ],
    },
  },
  {
    name: 'a table with a surrogate key is no junction',
    sql: `create table users (id int primary key); create table tasks (id int primary key);
      create table users_tasks (id int primary key, user_id int references users, task_id int references tasks,
        unique (user_id, task_id));`,
    expected: { users: ['users > users_tasks id=user_id (users_tasks_user_id_fkey) one-to-many'] },
  },
  {
    name: 'a junction of a table with itself',
    sql: `create table users (id int primary key);
      create table follows (follower int references users, followed int references users, primary key (follower, followed));`,
    expected: {
      users: [
        'users > follows id=followed (follows_followed_fkey) one-to-many',
        'users > follows id=follower (follows_follower_fkey) one-to-many',
        'users > users through id=followed > follows < id=follower (follows_followed_fkey, follows_follower_fkey)',
        'users > users through id=follower > follows < id=followed (follows_follower_fkey, follows_followed_fkey)',
      ],
    },
  },
  {
    name: 'foreign keys of partitions belong to their parent',
    sql: `create table regions (id int primary key);
      create table events (id int, region_id int references regions, day date, primary key (id, day)) partition by range (day);
      create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01');`,
    expected: {
      events: ['events > regions region_id=id (events_region_id_fkey) many-to-one'],
      events_2026: [],
      regions: ['regions > events id=region_id (events_region_id_fkey) one-to-many'],
    },
  },
  {
    name: 'names may hold anything',
    sql: `create table "Ünï ""code"" t,able" ("Î d" int primary key);
      create table "b{r}a(c)k" ("x.y" int constraint "f k" references "Ünï ""code"" t,able", "i d" int primary key);
      create view "v {i}" as select "x.y", "x.y" as "z\\ {w}" from "b{r}a(c)k";`,
    expected: {
      'b{r}a(c)k': ['b{r}a(c)k > Ünï "code" t,able x.y=Î d (f k) many-to-one'],
      'v {i}': [
        'v {i} > Ünï "code" t,able x.y=Î d (f k) many-to-one',
        'v {i} > Ünï "code" t,able z\\ {w}=Î d (f k) many-to-one',
      ],
    },
  },
];

await onEveryEngine('relationships', (database) => {
  let made = 0;
  for (const { name, sql, expected } of cases) {
    test(name, async () => {
      const schema = await database.schema(`relationships_${made++}`, sql);
      for (const [table, lines] of Object.entries(expected))
        expect(relationshipsFrom(schema, table)).toEqual([...lines]);
    });
  }

  test('functions from rows to rows are relationships, and replace those of their name', async () => {
    const schema = await database.schema(
      'computed',
      `${films}
       create function best_film(directors) returns setof films rows 1 language sql stable as 'select * from films limit 1';
       create function films(directors) returns setof films language sql stable as 'select * from films';
       create function director(films) returns directors language sql stable as 'select * from directors limit 1';
       create function age(directors) returns int language sql stable as 'select 1';`,
    );
    expect(relationshipsFrom(schema, 'directors')).toEqual([
      'directors > films by best_film to one',
      'directors > films by films',
    ]);
    expect(relationshipsFrom(schema, 'films')).toEqual([
      'films > directors director_id=id (films_director_id_fkey) many-to-one',
      'films > directors by director to one',
    ]);
  });

  test('what is not exposed has no relationships, but may stand beneath a view that has', async () => {
    await database.driver().script(`create schema hidden; set search_path = hidden; ${films} reset search_path`);
    const schema = await database.schema(
      'shown',
      `create view films as select id, director_id from hidden.films;
       create view directors as select id, name from hidden.directors;
       create table ratings (film_id int references hidden.films, stars int);`,
    );
    expect(relationshipsFrom(schema, 'films')).toEqual([
      'films > directors director_id=id (films_director_id_fkey) many-to-one',
      'films > ratings id=film_id (ratings_film_id_fkey) one-to-many',
    ]);
  });

  test('a schema of its own for each end', async () => {
    await database.driver().script('create schema other; create table other.owners (id int primary key)');
    const catalog = await database.catalog('ends', 'create table pets (id int, owner_id int references other.owners)', {
      schemas: ['other'],
    });
    const [toOther] = catalog.schemas.get('ends')?.relationships.get('pets')?.get('other') ?? [];
    expect(toOther && describeRelationship(toOther)).toBe('pets > owners owner_id=id (pets_owner_id_fkey) many-to-one');
    expect(catalog.schemas.get('ends')?.relationships.get('pets')?.get('ends')).toBeUndefined();
  });
});
