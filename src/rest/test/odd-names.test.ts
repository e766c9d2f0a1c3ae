import { suite } from './app.ts';

const tables = `CREATE TABLE api.odd ("a.b" int PRIMARY KEY, "*" text, "c->d" text); GRANT ALL ON api.odd TO rest_anon;
INSERT INTO api.odd VALUES (1, 'star', 'arrow')`;

const whole = { prefer: 'return=representation' };

suite(
  'columns with names that mean something to the grammar',
  {
    'a column called *': [
      {
        request: 'POST /odd',
        headers: whole,
        body: { 'a.b': 2, '*': 'x' },
        status: 201,
        json: [{ 'a.b': 2, '*': 'x', 'c->d': null }],
      },
      {
        request: 'PATCH /odd?%22a.b%22=eq.1',
        headers: whole,
        body: { '*': 'y' },
        status: 200,
        json: [{ 'a.b': 1, '*': 'y', 'c->d': 'arrow' }],
      },
      {
        request: 'DELETE /odd?select=%22c-%3Ed%22&order=%22c-%3Ed%22,%22*%22',
        headers: whole,
        status: 200,
        json: [{ 'c->d': 'arrow' }],
      },
      { request: 'GET /odd?select=%22*%22', status: 200, json: [{ 'a.b': 1, '*': 'star', 'c->d': 'arrow' }] },
    ],
    'a column called c->d': [
      {
        request: 'GET /odd?select=%22c-%3Ed%22&%22c-%3Ed%22=eq.arrow&order=%22c-%3Ed%22.desc',
        status: 200,
        json: [{ 'c->d': 'arrow' }],
      },
    ],
  },
  tables,
);
