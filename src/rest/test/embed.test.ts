import { suite } from './app.ts';

suite('embedding', {
  relationships: [
    {
      request: 'GET /films?select=title,directors(id,last_name)&order=id&limit=1',
      status: 200,
      text: '[{"title":"Workers Leaving The Lumière Factory In Lyon","directors":{"id": 2, "last_name": "Lumière"}}]',
    },
    { request: 'GET /directors?select=films(id)&id=eq.2', status: 200, json: [{ films: [{ id: 1 }] }] },
    { request: 'GET /actors?select=films(id)&id=eq.2', status: 200, json: [{ films: [{ id: 3 }] }] },
    {
      request: 'GET /films?select=technical_specs(camera)&id=eq.2',
      status: 200,
      json: [{ technical_specs: { camera: 'Kinetograph' } }],
    },
    { request: 'GET /technical_specs?select=films(id)&film_id=eq.2', status: 200, json: [{ films: { id: 2 } }] },
    {
      request: 'GET /films?select=id,director:directors(last_name)&id=eq.4',
      status: 200,
      json: [{ id: 4, director: null }],
    },
    {
      request: 'GET /films?select=director_id(last_name)&id=eq.2',
      status: 200,
      json: [{ director_id: { last_name: 'Dickson' } }],
    },
    {
      request: 'GET /films?select=films_director_id_fkey(id)&id=eq.2',
      status: 200,
      json: [{ films_director_id_fkey: { id: 1 } }],
    },
    {
      request: 'GET /employees?select=name,supervisor(name)&id=eq.3',
      status: 200,
      json: [{ name: 'Miller', supervisor: { name: 'Taylor' } }],
    },
    {
      request: 'GET /employees?select=supervisees(name)&id=eq.1&supervisees.order=name.desc',
      status: 200,
      json: [{ supervisees: [{ name: 'Miller' }, { name: 'Johnson' }] }],
    },
    {
      request: 'GET /employees?select=employees(name)&id=eq.1&employees.order=name',
      status: 200,
      json: [{ employees: [{ name: 'Johnson' }, { name: 'Miller' }] }],
    },
    {
      request: 'GET /employees?select=supervisor_id(name)&id=eq.2',
      status: 200,
      json: [{ supervisor_id: { name: 'Taylor' } }],
    },
    {
      request: 'GET /roles?select=character,films(title,directors(last_name))&actor_id=eq.2',
      status: 200,
      json: [{ character: 'Ghost', films: { title: 'The Haunted Castle', directors: { last_name: 'Méliès' } } }],
    },
  ],
  disambiguation: [
    {
      request: 'GET /orders?select=*,addresses(*)',
      status: 300,
      json: {
        code: 'PGRST201',
        details: [
          {
            cardinality: 'many-to-one',
            embedding: 'orders with addresses',
            relationship: 'billing using orders(billing_address_id) and addresses(id)',
          },
          {
            cardinality: 'many-to-one',
            embedding: 'orders with addresses',
            relationship: 'shipping using orders(shipping_address_id) and addresses(id)',
          },
        ],
        hint: "Try changing 'addresses' to one of the following: 'addresses!billing', 'addresses!shipping'. Find the desired relationship in the 'details' key.",
        message: "Could not embed because more than one relationship was found for 'orders' and 'addresses'",
      },
    },
    {
      request: 'GET /orders?select=bill:addresses!billing(name),ship:addresses!shipping_address_id(name)&id=eq.1',
      status: 200,
      json: [{ bill: { name: 'Main Street' }, ship: { name: 'Side Street' } }],
    },
    {
      request: 'GET /addresses?select=billed:orders!billing(id),shipped:orders!shipping(id)&id=eq.1&billed.order=id',
      status: 200,
      json: [{ billed: [{ id: 1 }, { id: 2 }], shipped: [{ id: 2 }] }],
    },
    { request: 'GET /films?select=actors!roles(id)&id=eq.2', status: 200, json: [{ actors: [{ id: 1 }] }] },
    {
      request: 'GET /films?select=notes(*)',
      status: 400,
      json: {
        code: 'PGRST200',
        details:
          "Searched for a foreign key relationship between 'films' and 'notes' in the schema 'api', but no matches were found.",
        hint: "Perhaps you meant 'roles' instead of 'notes'.",
        message: "Could not find a relationship between 'films' and 'notes' in the schema cache",
      },
    },
    {
      request: 'GET /films?select=director(*)',
      status: 400,
      like: { code: 'PGRST200', hint: "Perhaps you meant 'directors' instead of 'director'." },
    },
    {
      request: 'GET /films?select=directors!nope(*)',
      status: 400,
      like: {
        code: 'PGRST200',
        details:
          "Searched for a foreign key relationship between 'films' and 'directors' using the hint 'nope' in the schema 'api', but no matches were found.",
      },
    },
  ],
  'filters, orders and ranges inside': [
    {
      request: 'GET /films?select=id,roles(character)&roles.character=in.(Ghost,Chico)&order=id',
      status: 200,
      json: [
        { id: 1, roles: [] },
        { id: 2, roles: [] },
        { id: 3, roles: [{ character: 'Ghost' }] },
        { id: 4, roles: [] },
      ],
    },
    {
      request:
        'GET /films?select=roles(character)&roles.or=(character.eq.Ghost,character.eq.Devil)&roles.order=character&id=eq.3',
      status: 200,
      json: [{ roles: [{ character: 'Devil' }, { character: 'Ghost' }] }],
    },
    {
      request: 'GET /films?select=actors(last_name)&actors.order=last_name&actors.limit=1&actors.offset=1&id=eq.3',
      status: 200,
      json: [{ actors: [{ last_name: "d'Alcy" }] }],
    },
    {
      request:
        'GET /films?select=roles(actors(last_name))&roles.actors.first_name=like.*will*&roles.order=character&id=eq.3',
      status: 200,
      json: [{ roles: [{ actors: null }, { actors: null }] }],
    },
    {
      request: 'GET /competitions?select=a:films(id),b:films(id)&a.year=eq.1894&b.year=eq.1895&id=eq.1',
      status: 200,
      json: [{ a: [{ id: 2 }], b: [{ id: 1 }] }],
    },
    {
      request: 'GET /films?select=id&roles.character=eq.x',
      status: 400,
      json: {
        code: 'PGRST108',
        details: null,
        hint: "Verify that 'roles' is included in the 'select' query parameter.",
        message: "'roles' is not an embedded resource in this request",
      },
    },
    {
      request: 'GET /films?select=id,d:directors(id)&directors.id=eq.2&id=eq.1',
      status: 200,
      json: [{ id: 1, d: { id: 2 } }],
      answers: {
        warning:
          '299 PostgRESTv16.2 "Embedded resource was referenced by relation name even though it has an alias. This is deprecated and will stop working in a future release. Update `directors` to `d` in query string filters, orders or limits."',
      },
    },
    {
      request: 'GET /films?select=id,d:directors(id)&directors.id=eq.2',
      settings: { legacyTargetNames: false },
      status: 400,
      json: {
        code: 'PGRST108',
        details: 'Target names are not allowed in filters if they have an alias',
        hint: "Change 'directors' to 'd' in filters, orders or limits.",
        message: "'directors' is not an embedded resource in this request",
      },
    },
  ],
  'top level': [
    {
      request: 'GET /films?select=id,actors!inner(last_name)&actors.first_name=eq.Jehanne',
      headers: { prefer: 'count=exact' },
      status: 200,
      json: [{ id: 3, actors: [{ last_name: "d'Alcy" }] }],
      answers: { 'content-range': '0-0/1' },
    },
    {
      request: 'GET /films?select=id,directors!inner()&directors.id=lt.3&order=id',
      status: 200,
      json: [{ id: 1 }, { id: 2 }],
    },
    { request: 'GET /films?select=id,nominations()&nominations=is.null', status: 200, json: [{ id: 4 }] },
    {
      request: 'GET /films?select=id,actors()&actors=not.is.null&order=id',
      headers: { prefer: 'count=exact' },
      status: 200,
      json: [{ id: 2 }, { id: 3 }],
      answers: { 'content-range': '0-1/2' },
    },
    {
      request:
        'GET /films?select=id,actors(),directors()&directors.first_name=eq.William&actors.first_name=eq.Jehanne&or=(directors.not.is.null,actors.not.is.null)&order=id',
      status: 200,
      json: [{ id: 2 }, { id: 3 }],
    },
    {
      request: 'GET /films?select=id,directors(last_name)&order=directors(last_name).desc.nullslast&limit=1',
      status: 200,
      json: [{ id: 3, directors: { last_name: 'Méliès' } }],
    },
    {
      request: 'GET /directors?select=id,films(id)&order=films(id)',
      status: 400,
      json: {
        code: 'PGRST118',
        details: "'directors' and 'films' do not form a many-to-one or one-to-one relationship",
        hint: null,
        message: "A related order on 'films' is not possible",
      },
    },
    { request: 'GET /films?select=id&order=directors(last_name)', status: 400, like: { code: 'PGRST108' } },
  ],
  spreads: [
    {
      request: 'GET /films?select=id,...directors(first:first_name,last_name)&id=eq.1',
      status: 200,
      text: '[{"id":1,"first":"Louis","last_name":"Lumière"}]',
    },
    {
      request: 'GET /directors?select=id,...films(titles:title,years:year)&films.order=year&id=eq.2',
      status: 200,
      json: [{ id: 2, titles: ['Workers Leaving The Lumière Factory In Lyon'], years: [1895] }],
    },
    {
      request: 'GET /films?select=id,actors:roles(character,...actors(last_name))&roles.order=character&id=eq.3',
      status: 200,
      json: [
        {
          id: 3,
          actors: [
            { character: 'Devil', last_name: 'Dafoe' },
            { character: 'Ghost', last_name: "d'Alcy" },
          ],
        },
      ],
    },
    {
      request: 'GET /films?select=id,...roles(characters:character)&roles.order=character.desc&id=eq.3',
      status: 200,
      json: [{ id: 3, characters: ['Ghost', 'Devil'] }],
    },
    {
      request: 'GET /films?select=id,...roles(*)&id=eq.2',
      status: 200,
      json: [{ id: 2, film_id: [2], actor_id: [1], character: ['Dancer'] }],
    },
    {
      request:
        'GET /directors?select=id,...films(titles:title,...technical_specs(cameras:camera),...roles(characters:character))&films.order=year&id=eq.1',
      status: 200,
      json: [
        { id: 1, titles: ['The Dickson Experimental Sound Film'], cameras: ['Kinetograph'], characters: [['Dancer']] },
      ],
    },
    {
      request: 'GET /technical_specs?select=...films(...directors(last_name))&film_id=eq.1',
      status: 200,
      json: [{ last_name: 'Lumière' }],
    },
  ],
  aggregates: [
    {
      request: 'GET /films?select=year.sum(),year.max(),year.min(),count()',
      status: 200,
      json: [{ sum: 7684, max: 1999, min: 1894, count: 4 }],
    },
    {
      request: 'GET /films?select=language,total:count()&order=language',
      status: 200,
      json: [
        { language: 'english', total: 1 },
        { language: 'french', total: 2 },
        { language: null, total: 1 },
      ],
    },
    { request: 'GET /films?select=rating.count(),count()', status: 200, json: [{ count: 4 }] },
    {
      request: 'GET /films?select=data->length::int.sum(),rating.avg()::int',
      status: 200,
      json: [{ sum: 243, avg: 7 }],
    },
    {
      request: 'GET /films?select=year.max(),directors(last_name)&order=directors(last_name).desc.nullslast&limit=1',
      status: 400,
      like: { code: '42803' },
    },
    {
      request: 'GET /directors?select=id,films(year.max())&id=eq.2',
      status: 200,
      json: [{ id: 2, films: [{ max: 1895 }] }],
    },
    { request: 'GET /roles?select=...films(year.max())', status: 200, json: [{ max: 1896 }] },
    {
      request: 'GET /roles?select=actor_id,...films(latest:year.max())&order=actor_id',
      status: 200,
      json: [
        { actor_id: 1, latest: 1896 },
        { actor_id: 2, latest: 1896 },
      ],
    },
    { request: 'GET /roles?select=...films(...directors(id.count()))', status: 200, json: [{ count: 3 }] },
    { request: 'GET /nominations?select=count(),...films(count())', status: 200, json: [{ count: 3 }] },
    {
      request: 'GET /directors?select=...films(year.max())',
      status: 400,
      json: {
        code: 'PGRST127',
        details: 'Aggregates are not implemented for one-to-many or many-to-many spreads.',
        hint: null,
        message: 'Feature not implemented',
      },
    },
    {
      request: 'GET /films?select=count()',
      settings: { aggregatesEnabled: false },
      status: 400,
      json: { code: 'PGRST123', details: null, hint: null, message: 'Use of aggregate functions is not allowed' },
    },
    { request: 'GET /films?select=count', status: 200, json: [{ count: 4 }] },
  ],
});
