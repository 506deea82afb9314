CREATE TABLE arriving (piece INTEGER PRIMARY KEY, json TEXT NOT NULL);
CREATE TABLE audit (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL, hash TEXT NOT NULL);
INSERT INTO audit VALUES (1, 1800000000000, 'admin', 'publish', 'production', 'production', '64fabd88471dd37342a7ad66efdef66ea37d5ad57e158f1b496885545a9962a5');
INSERT INTO audit VALUES (2, 1800000000000, 'admin', 'write an idea', 'fresh-hero', 'Fresh hero', '751c8e0175de7b5b24b761f7726dbc974ceeaa602bcb55c96a84afe67041ef0b');
INSERT INTO audit VALUES (3, 1800000000000, 'admin', 'plan', 'fresh-hero', 'changed the plan', 'ecfbc05ae953513c97ca190cba61bae4ea27ee3244e5ea602ff15fbe8cb1cb6e');
INSERT INTO audit VALUES (4, 1800000000000, 'admin', 'quality', 'fresh-hero', 'looked at “control”: it is as it should be', '8fc8ee10f7d23677691b112e9f1b848b31ca49e4ae719bb52f0222f65ae8a4d2');
INSERT INTO audit VALUES (5, 1800000000000, 'admin', 'quality', 'fresh-hero', 'looked at “new”: it is as it should be', 'b134d22d89b20dfd96e4e44d31dce5f912c6d90475bbc43177755679f8dfd669');
INSERT INTO audit VALUES (6, 1800000000000, 'admin', 'submit', 'fresh-hero', 'asked for a review', '9a5b25ba6744558e517dc3246b661a32632ae65910829c1620afd5f2258035a8');
INSERT INTO audit VALUES (7, 1800000000000, 'admin', 'confirm', 'fresh-hero', 'confirmed it alone; it follows in ten minutes', '1ebd997d9a1ce79c7d790c8c955188abe6f4e57ec940c31b23788ff82fc145d6');
INSERT INTO audit VALUES (8, 1800000600000, 'the engine', 'follow', 'fresh-hero', 'production: Fresh hero: started it; it starts with 5 % of visitors', '04f1958ec0ec7f5f611225b6fd36121083ed0c73edab71baa206b77a1bfc986f');
INSERT INTO audit VALUES (9, 1800087000000, 'admin', 'decide', 'fresh-hero', 'asked to ship the new version against the rule: Because we all believe in it.', '9b8f80f5598a0d8e1aa39f1d327efa508283c1576cb63662ca8105f6d178cab4');
INSERT INTO audit VALUES (10, 1800087000000, 'admin', 'confirm', 'fresh-hero', 'confirmed it alone; it follows in ten minutes', 'ad45a45576268b7e568d08ef7bc71bc6cfb540fe0151e5707a07584302c4295a');
INSERT INTO audit VALUES (11, 1800087600000, 'the engine', 'follow', 'fresh-hero', 'production: Fresh hero: decided to ship the new version, in steps, against the rule', '6d28c8a9ddd11b68625d68efc7c4abaa400533276ccc2b3eee81e0119fb1e786');
INSERT INTO audit VALUES (12, 1800087600000, 'admin', 'debrief', 'fresh-hero', 'wrote the debrief', '9a5eabc787230293b9bda9e34f943e4b2bb96484f8b9069c5f6b6eef25507f81');
INSERT INTO audit VALUES (13, 1800087600000, 'admin', 'comment', 'fresh-hero', '1', 'fe20b5d866bc603819f1e5613331d45d92221dbd1b50be122961c529d9051e66');
INSERT INTO audit VALUES (14, 1800087600000, 'admin', 'write an idea', 'larger-buttons', 'Larger buttons', '34716b161366be26da64f62779cbb5da1d0d251ea8408392f1f4e640a9db15e2');
INSERT INTO audit VALUES (15, 1800087600000, 'admin', 'plan', 'larger-buttons', 'changed the plan', '9a07f155c98896c9f0bb453d825cf081943b752aa9189aab56b08602c61b6ea3');
INSERT INTO audit VALUES (16, 1800087600000, 'admin', 'quality', 'larger-buttons', 'looked at “control”: it is as it should be', '7221a61ab7df44de4a5bab8967824e7da39ff4d92fbd50d53b40f28e6f56f50e');
INSERT INTO audit VALUES (17, 1800087600000, 'admin', 'quality', 'larger-buttons', 'looked at “new”: it is as it should be', 'fc077d9d6e0eafb17aa2c2fa1f4cb00f2f02cf03e38733cd4aacdd9594b18ed4');
INSERT INTO audit VALUES (18, 1800087600000, 'admin', 'submit', 'larger-buttons', 'asked for a review', '47470599604ff19d584f642ea537dc72194b3be1569ed65c49cc0dfd5f5e88cc');
INSERT INTO audit VALUES (19, 1800087600000, 'admin', 'confirm', 'larger-buttons', 'confirmed it alone; it follows in ten minutes', 'ab9641e59a0ffb7e169f664a84b6a8af6568af6140580f0d6167115490bd225d');
INSERT INTO audit VALUES (20, 1800088200000, 'the engine', 'follow', 'larger-buttons', 'production: Larger buttons: started it; it starts with 5 % of visitors', '3528fa11b4cb6ad0e39b7eea4389b1a6bb6c3d36628192450c5549f1406dfd6a');
INSERT INTO audit VALUES (21, 1800095400000, 'the engine', 'advance the ramp', 'larger-buttons', 'production: Larger buttons: took the ramp to 25 %: after 2 hours with at least 100 visitors in each arm nothing guarded got worse, so 25 % may meet it', '479d008ac1027f333ccc243c33dfdd6bdf8f2c77be41d02529d358d2f43c9f94');
CREATE TABLE card (id TEXT PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, urgent INTEGER NOT NULL, experiment TEXT NOT NULL, title TEXT NOT NULL, headline TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE channel (id INTEGER PRIMARY KEY AUTOINCREMENT, revision INTEGER NOT NULL, name TEXT NOT NULL, service TEXT NOT NULL, address TEXT NOT NULL, template TEXT NOT NULL, route TEXT NOT NULL);
CREATE TABLE comment (id INTEGER PRIMARY KEY AUTOINCREMENT, experiment TEXT NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL, text TEXT NOT NULL);
INSERT INTO comment VALUES (1, 'fresh-hero', 1800087600000, 'admin', 'Next time with nougat.');
CREATE TABLE crossing (run TEXT NOT NULL, n INTEGER NOT NULL, at INTEGER NOT NULL, action TEXT NOT NULL, why TEXT NOT NULL, sequences TEXT NOT NULL, digest TEXT NOT NULL, evidence TEXT NOT NULL, PRIMARY KEY (run, n)) WITHOUT ROWID;
INSERT INTO crossing VALUES ('larger-buttons-1', 1, 1800095400000, 'advance', 'after 2 hours with at least 100 visitors in each arm nothing guarded got worse, so 25 % may meet it', '{"0":1}', 'ff3f75327d1b0bcb01e5291fff5611cdab64b57f3abb1b633c2db63ba1ac21ad', '{"guardrails":[{"control":1,"harmed":false,"logE":-0.22605600189130107,"metric":"errors","treated":1}],"look":{"arms":[{"confirmed":100,"converted":30,"variant":"control"},{"confirmed":100,"converted":30,"variant":"new"}],"at":1800095400000,"error":0.21711298242630986,"high":3.277799227526611,"lift":0.0,"low":-0.7662349383848499,"visitors":4000.0},"trouble":null,"verdict":{"headline":"Undecided so far","kind":"undecided","words":"Best guess +0.0 %. The data fit anything from −77 % to +328 %; looking daily does not spoil this. The planned size is not reached yet."}}');
CREATE TABLE delivery (id INTEGER PRIMARY KEY AUTOINCREMENT, card TEXT NOT NULL, channel INTEGER NOT NULL, recipient TEXT NOT NULL, at INTEGER NOT NULL, payload TEXT NOT NULL, attempts INTEGER NOT NULL, due INTEGER NOT NULL, state TEXT NOT NULL, error TEXT NOT NULL, UNIQUE (card, channel, recipient));
CREATE TABLE draft (environment TEXT PRIMARY KEY, revision INTEGER NOT NULL, base INTEGER NOT NULL, document TEXT NOT NULL, who TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE experiment (key TEXT PRIMARY KEY, revision INTEGER NOT NULL, json TEXT NOT NULL);
INSERT INTO experiment VALUES ('fresh-hero', 11, '{"key":"fresh-hero","title":"Fresh hero","note":"a thought","state":"debriefed","plan":{"title":"Fresh hero","change":{"kind":"words","page":"/","edits":[{"select":"#headline","from":"Coffee","text":"Roasted this morning"}]},"hypothesis":{"change":"promise freshness","metric":"orders","direction":"up","by":0.3,"because":"fresh is good"},"guardrails":["errors"],"base":0.3,"ramp":[]},"playbook":{"name":"Standard","ramp":[5,25,50],"hold":{"minutes":60,"units":10,"harmedAtMost":100,"revertAfterHours":72},"alone":50,"points":10,"power":0.8,"longest":42,"guardrails":[{"metric":"errors","harm":"more","tolerance":0.1}],"reviewers":"other","rule":{"ship":"Ship the new version if the metric moved as hoped and nothing guarded got worse.","keep":"Keep the old version if the planned size shows no such effect.","stop":"Stop at once if the metric or anything guarded got worse."},"questions":[{"id":"surprise","text":"What surprised you?"},{"id":"tell","text":"What would you tell the next team?"},{"id":"next","text":"What comes next?"}]},"quality":{"control":{"at":1800000000000,"who":"admin","digest":"dedcc0e3c127a22d40e5116f30f86d5b8678d659d1b7ad286c55437f43fe701b"},"new":{"at":1800000000000,"who":"admin","digest":"dedcc0e3c127a22d40e5116f30f86d5b8678d659d1b7ad286c55437f43fe701b"}},"planHash":"67372680c22dc8fba1e29e20aa249ab72c3e33255b377efbe9e5ad687b898cd4","perArm":1002,"author":"admin","reviewer":"admin","created":1800000000000,"started":1800000600000,"ended":1800087600000,"run":{"id":"fresh-hero-1","epoch":2,"stage":0,"stages":[5,25,50],"since":1800087600000,"held":null,"released":5},"stop":null,"asked":null,"due":null,"decision":{"at":1800087000000,"who":"admin","choice":"ship","byTheRule":false,"approver":"admin","why":"Because we all believe in it.","headline":"Too early to tell","words":"Early numbers mostly show luck, so none are shown yet. “control” needs 25 more conversions before it can be compared."},"debrief":{"at":1800087600000,"who":"admin","answers":{"surprise":"Nobody liked the marzipan."}},"reported":null,"history":[{"at":1800000000000,"who":"admin","what":"wrote the idea down"},{"at":1800000000000,"who":"admin","what":"changed the plan"},{"at":1800000000000,"who":"admin","what":"looked at “control”: it is as it should be"},{"at":1800000000000,"who":"admin","what":"looked at “new”: it is as it should be"},{"at":1800000000000,"who":"admin","what":"asked for a review"},{"at":1800000000000,"who":"admin","what":"confirmed it alone; it follows in ten minutes"},{"at":1800000600000,"who":"the engine","what":"started it; it starts with 5 % of visitors"},{"at":1800087000000,"who":"admin","what":"asked to ship the new version against the rule: Because we all believe in it."},{"at":1800087000000,"who":"admin","what":"confirmed it alone; it follows in ten minutes"},{"at":1800087600000,"who":"the engine","what":"decided to ship the new version, in steps, against the rule"},{"at":1800087600000,"who":"admin","what":"wrote the debrief"}]}');
INSERT INTO experiment VALUES ('larger-buttons', 8, '{"key":"larger-buttons","title":"Larger buttons","note":"a thought","state":"running","plan":{"title":"Larger buttons","change":{"kind":"words","page":"/buttons","edits":[{"select":"#headline","from":"Coffee","text":"Roasted this morning"}]},"hypothesis":{"change":"promise freshness","metric":"orders","direction":"up","by":0.3,"because":"fresh is good"},"guardrails":["errors"],"base":0.3,"ramp":[]},"playbook":{"name":"Standard","ramp":[5,25,50],"hold":{"minutes":60,"units":10,"harmedAtMost":100,"revertAfterHours":72},"alone":50,"points":10,"power":0.8,"longest":42,"guardrails":[{"metric":"errors","harm":"more","tolerance":0.1}],"reviewers":"other","rule":{"ship":"Ship the new version if the metric moved as hoped and nothing guarded got worse.","keep":"Keep the old version if the planned size shows no such effect.","stop":"Stop at once if the metric or anything guarded got worse."},"questions":[{"id":"surprise","text":"What surprised you?"},{"id":"tell","text":"What would you tell the next team?"},{"id":"next","text":"What comes next?"}]},"quality":{"control":{"at":1800087600000,"who":"admin","digest":"d2278c76cf787b72378428450dd6cb5a3707ec9d0bad7e99ab45b0f6d1ad587a"},"new":{"at":1800087600000,"who":"admin","digest":"d2278c76cf787b72378428450dd6cb5a3707ec9d0bad7e99ab45b0f6d1ad587a"}},"planHash":"73367b007d6fc991442ef369be08bc68e6b1f97fda48ba0208f34614f623ce05","perArm":1002,"author":"admin","reviewer":"admin","created":1800087600000,"started":1800088200000,"ended":null,"run":{"id":"larger-buttons-1","epoch":2,"stage":1,"stages":[5,25,50],"since":1800095400000,"held":null,"released":0},"stop":null,"asked":null,"due":null,"decision":null,"debrief":null,"reported":null,"history":[{"at":1800087600000,"who":"admin","what":"wrote the idea down"},{"at":1800087600000,"who":"admin","what":"changed the plan"},{"at":1800087600000,"who":"admin","what":"looked at “control”: it is as it should be"},{"at":1800087600000,"who":"admin","what":"looked at “new”: it is as it should be"},{"at":1800087600000,"who":"admin","what":"asked for a review"},{"at":1800087600000,"who":"admin","what":"confirmed it alone; it follows in ten minutes"},{"at":1800088200000,"who":"the engine","what":"started it; it starts with 5 % of visitors"},{"at":1800095400000,"who":"the engine","what":"took the ramp to 25 %: after 2 hours with at least 100 visitors in each arm nothing guarded got worse, so 25 % may meet it"}]}');
CREATE TABLE follow (person INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (person, kind, subject)) WITHOUT ROWID;
CREATE TABLE forecast (run TEXT NOT NULL, at INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (run, at)) WITHOUT ROWID;
CREATE TABLE format (n INTEGER NOT NULL);
INSERT INTO format VALUES (2);
CREATE TABLE growth (environment TEXT NOT NULL, flag TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (environment, flag)) WITHOUT ROWID;
INSERT INTO growth VALUES ('production', 'fresh-hero', 1800000600000);
INSERT INTO growth VALUES ('production', 'larger-buttons', 1800095400000);
CREATE VIRTUAL TABLE library USING fts5(key UNINDEXED, title, body, tokenize = 'porter unicode61 remove_diacritics 2');
INSERT INTO library VALUES ('fresh-hero', 'Fresh hero', 'a thought
If we promise freshness, then “orders” goes up by at least 30 %, because fresh is good.
/
Roasted this morning
Too early to tell
Early numbers mostly show luck, so none are shown yet. “control” needs 25 more conversions before it can be compared.
Because we all believe in it.
Nobody liked the marzipan.');
INSERT INTO library VALUES ('larger-buttons', 'Larger buttons', 'a thought
If we promise freshness, then “orders” goes up by at least 30 %, because fresh is good.
/buttons
Roasted this morning');
CREATE TABLE look (run TEXT NOT NULL, at INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (run, at)) WITHOUT ROWID;
INSERT INTO look VALUES ('larger-buttons-1', 1800095400000, '{"at":1800095400000,"arms":[{"variant":"control","confirmed":100,"converted":30},{"variant":"new","confirmed":100,"converted":30}],"lift":0.0,"low":-0.7662349383848499,"high":3.277799227526611,"visitors":4000.0,"error":0.21711298242630986}');
CREATE TABLE owned (kind TEXT NOT NULL, key TEXT NOT NULL, team TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE TABLE person (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, hash TEXT NOT NULL UNIQUE, at INTEGER NOT NULL);
CREATE TABLE planned (id INTEGER PRIMARY KEY AUTOINCREMENT, due INTEGER NOT NULL, at TEXT NOT NULL, zone TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, body TEXT NOT NULL, who TEXT NOT NULL, person INTEGER, machine INTEGER NOT NULL);
CREATE TABLE playbook (version INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, json TEXT NOT NULL);
CREATE TABLE proposal (id INTEGER PRIMARY KEY AUTOINCREMENT, environment TEXT NOT NULL, base INTEGER NOT NULL, digest TEXT NOT NULL, document TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL, why TEXT NOT NULL, who TEXT NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL, due INTEGER, decider TEXT, decided INTEGER, note TEXT);
CREATE TABLE repeat (caller TEXT NOT NULL, key TEXT NOT NULL, call TEXT NOT NULL, answer TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (caller, key)) WITHOUT ROWID;
CREATE TABLE role (person INTEGER PRIMARY KEY, role TEXT NOT NULL);
CREATE TABLE setting (key TEXT PRIMARY KEY, revision INTEGER NOT NULL, json TEXT NOT NULL);
CREATE TABLE silence (run TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE switched (environment TEXT NOT NULL, flag TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (environment, flag)) WITHOUT ROWID;
CREATE TABLE tally (run TEXT NOT NULL, shard TEXT NOT NULL, sequence INTEGER NOT NULL, heard INTEGER NOT NULL, last INTEGER, json TEXT NOT NULL, PRIMARY KEY (run, shard)) WITHOUT ROWID;
INSERT INTO tally VALUES ('larger-buttons-1', '0', 1, 1800095400000, 1800095400000, '[{"variant":"control","epoch":1,"metric":"","dimension":"","open":false,"vector":["100","100","0"]},{"variant":"control","epoch":1,"metric":"orders","dimension":"","open":false,"vector":["100","30","30"]},{"variant":"control","epoch":1,"metric":"errors","dimension":"","open":false,"vector":["100","1","1"]},{"variant":"new","epoch":1,"metric":"","dimension":"","open":false,"vector":["100","100","0"]},{"variant":"new","epoch":1,"metric":"orders","dimension":"","open":false,"vector":["100","30","30"]},{"variant":"new","epoch":1,"metric":"errors","dimension":"","open":false,"vector":["100","1","1"]}]');
CREATE TABLE token (id INTEGER PRIMARY KEY AUTOINCREMENT, person INTEGER, name TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, role TEXT NOT NULL, scope TEXT NOT NULL, at INTEGER NOT NULL, expires INTEGER NOT NULL);
CREATE TABLE version (environment TEXT NOT NULL, n INTEGER NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL, audit TEXT NOT NULL, document TEXT NOT NULL, digest TEXT NOT NULL, edge BLOB NOT NULL, client BLOB NOT NULL, PRIMARY KEY (environment, n));
INSERT INTO version VALUES ('production', 1, 1800000000000, 'admin', 'publish', '64fabd88471dd37342a7ad66efdef66ea37d5ad57e158f1b496885545a9962a5', '{"flags":{"gift":{"client":true,"kind":"boolean","off":"off","otherwise":"off","variants":{"off":false,"on":true}},"sort":{"client":true,"kind":"string","off":"roast","otherwise":"roast","variants":{"price":"price","roast":"roast"}}},"format":1,"metrics":{"errors":{"event":"error"},"orders":{"event":"order"}}}', '9efa68dd4c17a40f6d4adc826134cc417814d5b12a01dd52c384c1de432a026a', X'504D534E0100000001000000920100009EFA68DD4C17A40F6D4ADC826134CC417814D5B12A01DD52C384C1DE432A026AE5CA0E3746315376A000000000000000A000000002000000C000000002000000E000000000000000E000000000000000E000000000000000E000000000000000E000000000000000E000000000000000E000000000000000E0000000EA000000CA01000000000000CA0100000000000000000000010000000200000000000000010000000100010002000000010000000000000000000000FFFFFFFF000000000000000001000000FFFFFFFF000000007B2261747472696275746573223A5B5D2C226B657973223A5B2267696674222C22736F7274225D2C226B696E64223A5B302C315D2C226B696E6473223A5B7B22636C69656E74223A747275652C2276617269616E7473223A5B226F6666222C226F6E225D2C2276616C756573223A5B66616C73652C747275655D7D2C7B22636C69656E74223A747275652C2276617269616E7473223A5B227072696365222C22726F617374225D2C2276616C756573223A5B227072696365222C22726F617374225D7D5D2C2272756E73223A5B5D2C226576656E7473223A5B226572726F72222C226F72646572225D7D', X'504D534E010000000100000077010000C8A8430978B241BFD1FEA292A46645C37EFAAAF13708F9BAE18FBEBF62169581D552D162B7F83B18A000000000000000A000000002000000C000000002000000E000000000000000E000000000000000E000000000000000E000000000000000E000000000000000E000000000000000E000000000000000E0000000CF000000AF01000000000000AF0100000000000000000000010000000200000000000000010000000100010002000000010000000000000000000000FFFFFFFF000000000000000001000000FFFFFFFF000000007B2261747472696275746573223A5B5D2C226B657973223A5B2267696674222C22736F7274225D2C226B696E64223A5B302C315D2C226B696E6473223A5B7B22636C69656E74223A747275652C2276617269616E7473223A5B226F6666222C226F6E225D2C2276616C756573223A5B66616C73652C747275655D7D2C7B22636C69656E74223A747275652C2276617269616E7473223A5B227072696365222C22726F617374225D2C2276616C756573223A5B227072696365222C22726F617374225D7D5D2C2272756E73223A5B5D7D');
INSERT INTO version VALUES ('production', 2, 1800000600000, 'the engine', 'Fresh hero: started it; it starts with 5 % of visitors', '04f1958ec0ec7f5f611225b6fd36121083ed0c73edab71baa206b77a1bfc986f', '{
  "format": 1,
  "flags": {
    "fresh-hero": {
      "description": "Fresh hero",
      "kind": "string",
      "variants": {
        "control": "control",
        "new": "new"
      },
      "off": "control",
      "enabled": true,
      "client": true,
      "rules": [
        {
          "experiment": "fresh-hero"
        }
      ],
      "otherwise": "control"
    },
    "gift": {
      "kind": "boolean",
      "variants": {
        "off": false,
        "on": true
      },
      "off": "off",
      "enabled": true,
      "client": true,
      "rules": [],
      "otherwise": "off"
    },
    "sort": {
      "kind": "string",
      "variants": {
        "price": "price",
        "roast": "roast"
      },
      "off": "roast",
      "enabled": true,
      "client": true,
      "rules": [],
      "otherwise": "roast"
    }
  },
  "metrics": {
    "errors": {
      "event": "error"
    },
    "orders": {
      "event": "order"
    }
  },
  "experiments": {
    "fresh-hero": {
      "description": "If we promise freshness, then “orders” goes up by at least 30 %, because fresh is good.",
      "flag": "fresh-hero",
      "metric": "orders",
      "guardrails": [
        "errors"
      ],
      "control": "control",
      "unit": "unit",
      "run": {
        "id": "fresh-hero-1",
        "salt": "fresh-hero-1",
        "epoch": 1,
        "rollout": 214748364,
        "split": [
          [
            2147483648,
            "control"
          ],
          [
            4294967296,
            "new"
          ]
        ]
      }
    }
  },
  "pages": {
    "fresh-hero": {
      "path": "/",
      "flag": "fresh-hero",
      "variants": {
        "new": [
          {
            "change": {
              "text": "Roasted this morning"
            },
            "select": "#headline"
          }
        ]
      }
    }
  },
  "surveys": {}
}', '6f2646f60834f0685c844726e837864de2beaa200f0ea832f0246d7aa65b09d9', X'504D534E0100000002000000250300006F2646F60834F0685C844726E837864DE2BEAA200F0EA832F0246D7AA65B09D929A664819E10C83EA00000003A000000DA000000030000000A010000050000005A010000020000007A010000020000008A010000000000008A010000000000008A01000001000000AA01000002000000BA01000000000000BA0100009F01000059030000010000005903000001000000726F6C6C6F75740066726573682D6865726F2D310073706C69740066726573682D6865726F2D310002000200020001022E002F01FF000303030100000000030000000200000000000000030000000100000002000000010000000400000001000100020000000200000002000000CCCCCC0C0000000001000000010001000000000000000000020000000001000000000000FFFFFFFF000000000000000000000000FFFFFFFF000000000000000001000000FFFFFFFF00000000A0000000150000000000010000000000B5000000130000000000010000000000FFFFFF7F00000000FFFFFFFF01000000C800000012000000DA00000000000000DA000000000000000000000000000000000000000000000000000000010000007B2261747472696275746573223A5B22756E6974225D2C226B657973223A5B2266726573682D6865726F222C2267696674222C22736F7274225D2C226B696E64223A5B302C312C325D2C226B696E6473223A5B7B22636C69656E74223A747275652C2276617269616E7473223A5B22636F6E74726F6C222C226E6577225D2C2276616C756573223A5B22636F6E74726F6C222C226E6577225D7D2C7B22636C69656E74223A747275652C2276617269616E7473223A5B226F6666222C226F6E225D2C2276616C756573223A5B66616C73652C747275655D7D2C7B22636C69656E74223A747275652C2276617269616E7473223A5B227072696365222C22726F617374225D2C2276616C756573223A5B227072696365222C22726F617374225D7D5D2C2272756E73223A5B2266726573682D6865726F2D31225D2C226564697473223A5B7B226368616E6765223A7B2274657874223A22526F61737465642074686973206D6F726E696E67227D2C2273656C656374223A2223686561646C696E65227D5D2C226576656E7473223A5B226572726F72222C226F72646572225D7D01000000', X'504D534E01000000020000007E0200000FA0B95362B352BBEF3599291DC577FACB1CC9D6147269EDA4DD7DB8EF0F596EE1EB792ABD6415C7A000000028000000C800000003000000F8000000050000004801000002000000680100000200000078010000000000007801000000000000780100000000000078010000000000007801000000000000780100003A010000B202000001000000B202000001000000726F6C6C6F75740066726573682D6865726F2D310073706C69740066726573682D6865726F2D310000000000030000000200000000000000030000000100000002000000010000000400000001000100020000000200000002000000CCCCCC0C0000000001000000010001000000000000000000020000000001000000000000FFFFFFFF000000000000000000000000FFFFFFFF000000000000000001000000FFFFFFFF00000000A0000000150000000000010000000000B5000000130000000000010000000000FFFFFF7F00000000FFFFFFFF010000007B2261747472696275746573223A5B22756E6974225D2C226B657973223A5B2266726573682D6865726F222C2267696674222C22736F7274225D2C226B696E64223A5B302C312C325D2C226B696E6473223A5B7B22636C69656E74223A747275652C2276617269616E7473223A5B22636F6E74726F6C222C226E6577225D2C2276616C756573223A5B22636F6E74726F6C222C226E6577225D7D2C7B22636C69656E74223A747275652C2276617269616E7473223A5B226F6666222C226F6E225D2C2276616C756573223A5B66616C73652C747275655D7D2C7B22636C69656E74223A747275652C2276617269616E7473223A5B227072696365222C22726F617374225D2C2276616C756573223A5B227072696365222C22726F617374225D7D5D2C2272756E73223A5B2266726573682D6865726F2D31225D7D01000000');
INSERT INTO version VALUES ('production', 3, 1800087600000, 'the engine', 'Fresh hero: decided to ship the new version, in steps, against the rule', '6d28c8a9ddd11b68625d68efc7c4abaa400533276ccc2b3eee81e0119fb1e786', '{
  "format": 1,
  "flags": {
    "fresh-hero": {
      "description": "Fresh hero",
      "kind": "string",
      "variants": {
        "control": "control",
        "new": "new"
      },
      "off": "control",
      "enabled": true,
      "client": true,
      "rules": [
        {
          "experiment": "fresh-hero"
        },
        {
          "serve": "new",
          "rollout": {
            "salt": "fresh-hero-1",
            "below": 214748364,
            "unit": "unit"
          }
        }
      ],
      "otherwise": "control"
    },
    "gift": {
      "kind": "boolean",
      "variants": {
        "off": false,
        "on": true
      },
      "off": "off",
      "enabled": true,
      "client": true,
      "rules": [],
      "otherwise": "off"
    },
    "sort": {
      "kind": "string",
      "variants": {
        "price": "price",
        "roast": "roast"
      },
      "off": "roast",
      "enabled": true,
      "client": true,
      "rules": [],
      "otherwise": "roast"
    }
  },
  "metrics": {
    "errors": {
      "event": "error"
    },
    "orders": {
      "event": "order"
    }
  },
  "experiments": {
    "fresh-hero": {
      "description": "If we promise freshness, then “orders” goes up by at least 30 %, because fresh is good.",
      "flag": "fresh-hero",
      "metric": "orders",
      "guardrails": [
        "errors"
      ],
      "control": "control",
      "unit": "unit",
      "run": {
        "id": "fresh-hero-1",
        "salt": "fresh-hero-1",
        "epoch": 2,
        "rollout": 214748364,
        "split": [
          [
            2147483648,
            "control"
          ],
          [
            4294967296,
            "new"
          ]
        ]
      }
    }
  },
  "pages": {
    "fresh-hero": {
      "path": "/",
      "flag": "fresh-hero",
      "variants": {
        "new": [
          {
            "change": {
              "text": "Roasted this morning"
            },
            "select": "#headline"
          }
        ]
      }
    }
  },
  "surveys": {}
}', '1d997cc6a5a6a51036c8c43ad155c9a375b633bfdbf6635ddbb5411d2d12e9ca', X'504D534E0100000003000000450300001D997CC6A5A6A51036C8C43AD155C9A375B633BFDBF6635DDBB5411D2D12E9CA4D8CF0D3FAA90D58A00000003A000000DA000000030000000A010000070000007A010000020000009A01000002000000AA01000000000000AA01000000000000AA01000001000000CA01000002000000DA01000000000000DA0100009F01000079030000010000007903000001000000726F6C6C6F75740066726573682D6865726F2D310073706C69740066726573682D6865726F2D310002000200020001022E002F01FF000303030100000000050000000200000000000000050000000100000002000000010000000600000001000100020000000200000002000000CCCCCC0C00000000010000000100010000000000000000000200000002000000CCCCCC0C000000000100000000020000010000000100FFFF000000000001000000000000FFFFFFFF000000000000000000000000FFFFFFFF000000000000000001000000FFFFFFFF00000000A0000000150000000000010000000000B5000000130000000000010000000000FFFFFF7F00000000FFFFFFFF01000000C800000012000000DA00000000000000DA000000000000000000000000000000000000000000000000000000010000007B2261747472696275746573223A5B22756E6974225D2C226B657973223A5B2266726573682D6865726F222C2267696674222C22736F7274225D2C226B696E64223A5B302C312C325D2C226B696E6473223A5B7B22636C69656E74223A747275652C2276617269616E7473223A5B22636F6E74726F6C222C226E6577225D2C2276616C756573223A5B22636F6E74726F6C222C226E6577225D7D2C7B22636C69656E74223A747275652C2276617269616E7473223A5B226F6666222C226F6E225D2C2276616C756573223A5B66616C73652C747275655D7D2C7B22636C69656E74223A747275652C2276617269616E7473223A5B227072696365222C22726F617374225D2C2276616C756573223A5B227072696365222C22726F617374225D7D5D2C2272756E73223A5B2266726573682D6865726F2D31225D2C226564697473223A5B7B226368616E6765223A7B2274657874223A22526F61737465642074686973206D6F726E696E67227D2C2273656C656374223A2223686561646C696E65227D5D2C226576656E7473223A5B226572726F72222C226F72646572225D7D02000000', X'504D534E01000000030000009E02000015AF139C062E04F96F3D060E0873168195651A56FDED522952F1E0D6CEC670F06A27F64FA28A10FFA000000028000000C800000003000000F8000000070000006801000002000000880100000200000098010000000000009801000000000000980100000000000098010000000000009801000000000000980100003A010000D202000001000000D202000001000000726F6C6C6F75740066726573682D6865726F2D310073706C69740066726573682D6865726F2D310000000000050000000200000000000000050000000100000002000000010000000600000001000100020000000200000002000000CCCCCC0C00000000010000000100010000000000000000000200000002000000CCCCCC0C000000000100000000020000010000000100FFFF000000000001000000000000FFFFFFFF000000000000000000000000FFFFFFFF000000000000000001000000FFFFFFFF00000000A0000000150000000000010000000000B5000000130000000000010000000000FFFFFF7F00000000FFFFFFFF010000007B2261747472696275746573223A5B22756E6974225D2C226B657973223A5B2266726573682D6865726F222C2267696674222C22736F7274225D2C226B696E64223A5B302C312C325D2C226B696E6473223A5B7B22636C69656E74223A747275652C2276617269616E7473223A5B22636F6E74726F6C222C226E6577225D2C2276616C756573223A5B22636F6E74726F6C222C226E6577225D7D2C7B22636C69656E74223A747275652C2276617269616E7473223A5B226F6666222C226F6E225D2C2276616C756573223A5B66616C73652C747275655D7D2C7B22636C69656E74223A747275652C2276617269616E7473223A5B227072696365222C22726F617374225D2C2276616C756573223A5B227072696365222C22726F617374225D7D5D2C2272756E73223A5B2266726573682D6865726F2D31225D7D02000000');
INSERT INTO version VALUES ('production', 4, 1800088200000, 'the engine', 'Larger buttons: started it; it starts with 5 % of visitors', '3528fa11b4cb6ad0e39b7eea4389b1a6bb6c3d36628192450c5549f1406dfd6a', '{
  "format": 1,
  "flags": {
    "fresh-hero": {
      "description": "Fresh hero",
      "kind": "string",
      "variants": {
        "control": "control",
        "new": "new"
      },
      "off": "control",
      "enabled": true,
      "client": true,
      "rules": [
        {
          "experiment": "fresh-hero"
        },
        {
          "serve": "new",
          "rollout": {
            "salt": "fresh-hero-1",
            "below": 214748364,
            "unit": "unit"
          }
        }
      ],
      "otherwise": "control"
    },
    "gift": {
      "kind": "boolean",
      "variants": {
        "off": false,
        "on": true
      },
      "off": "off",
      "enabled": true,
      "client": true,
      "rules": [],
      "otherwise": "off"
    },
    "larger-buttons": {
      "description": "Larger buttons",
      "kind": "string",
      "variants": {
        "control": "control",
        "new": "new"
      },
      "off": "control",
      "enabled": true,
      "client": true,
      "rules": [
        {
          "experiment": "larger-buttons"
        }
      ],
      "otherwise": "control"
    },
    "sort": {
      "kind": "string",
      "variants": {
        "price": "price",
        "roast": "roast"
      },
      "off": "roast",
      "enabled": true,
      "client": true,
      "rules": [],
      "otherwise": "roast"
    }
  },
  "metrics": {
    "errors": {
      "event": "error"
    },
    "orders": {
      "event": "order"
    }
  },
  "experiments": {
    "fresh-hero": {
      "description": "If we promise freshness, then “orders” goes up by at least 30 %, because fresh is good.",
      "flag": "fresh-hero",
      "metric": "orders",
      "guardrails": [
        "errors"
      ],
      "control": "control",
      "unit": "unit",
      "run": {
        "id": "fresh-hero-1",
        "salt": "fresh-hero-1",
        "epoch": 2,
        "rollout": 214748364,
        "split": [
          [
            2147483648,
            "control"
          ],
          [
            4294967296,
            "new"
          ]
        ]
      }
    },
    "larger-buttons": {
      "description": "If we promise freshness, then “orders” goes up by at least 30 %, because fresh is good.",
      "flag": "larger-buttons",
      "metric": "orders",
      "guardrails": [
        "errors"
      ],
      "control": "control",
      "unit": "unit",
      "run": {
        "id": "larger-buttons-1",
        "salt": "larger-buttons-1",
        "epoch": 1,
        "rollout": 214748364,
        "split": [
          [
            2147483648,
            "control"
          ],
          [
            4294967296,
            "new"
          ]
        ]
      }
    }
  },
  "pages": {
    "fresh-hero": {
      "path": "/",
      "flag": "fresh-hero",
      "variants": {
        "new": [
          {
            "change": {
              "text": "Roasted this morning"
            },
            "select": "#headline"
          }
        ]
      }
    },
    "larger-buttons": {
      "path": "/buttons",
      "flag": "larger-buttons",
      "variants": {
        "new": [
          {
            "change": {
              "text": "Roasted this morning"
            },
            "select": "#headline"
          }
        ]
      }
    }
  },
  "surveys": {}
}', 'cc12e14ab4e2834fe77e3e2109a3ee80269ea3085aaaeff14485fef2c2eb3894', X'504D534E0100000004000000D7040000CC12E14AB4E2834FE77E3E2109A3EE80269EA3085AAAEFF14485FEF2C2EB3894CF0F7188DAF71740A0000000D20000007201000004000000B20100000A00000052020000040000009202000002000000A202000000000000A202000000000000A202000002000000E2020000040000000203000000000000020300000502000007050000010000000705000002000000726F6C6C6F75740066726573682D6865726F2D310073706C69740066726573682D6865726F2D3100726F6C6C6F7574006C61726765722D627574746F6E732D310073706C6974006C61726765722D627574746F6E732D310002000200020001022E002F01FF0003030301090002000200070B2E002F01610062026D006E036F047200730574067507FF000A0A0A0A0A0A0A0A0A030A0A0A0A0A0A0A0A040A0A0A0A0A0A0A0A0A0A0A0A050A0A0A0A0A0A060A0A0A0A0A0A0A070A0A0A0A0A080A0A0A0A0A0A090A0A0A0A0A0A0A0A0A010A0A0000000005000000020000000000000005000000010000000200000001000000060000000300000002000000020000000900000001000100020000000300000002000000CCCCCC0C00000000010000000100010000000000000000000200000002000000CCCCCC0C000000000100000000020000010000000100FFFF000000000001000000000000FFFFFFFF000000000000000000000000FFFFFFFF0000000002000200CCCCCC0C0000000001000000010003000000000000000100020000000001000000000000FFFFFFFF000000000000000001000000FFFFFFFF00000000A0000000150000000000010000000000B5000000130000000000010000000000C8000000190000000000010000000000E1000000170000000000010000000000FFFFFF7F00000000FFFFFFFF01000000F8000000120000000A010000000000000A0100000000000000000000000000000A010000680000000A010000000000000A01000000000000020000000200000000000000000000000000000001000000010000000000000001000000010000007B2261747472696275746573223A5B22756E6974225D2C226B657973223A5B2266726573682D6865726F222C2267696674222C226C61726765722D627574746F6E73222C22736F7274225D2C226B696E64223A5B302C312C302C325D2C226B696E6473223A5B7B22636C69656E74223A747275652C2276617269616E7473223A5B22636F6E74726F6C222C226E6577225D2C2276616C756573223A5B22636F6E74726F6C222C226E6577225D7D2C7B22636C69656E74223A747275652C2276617269616E7473223A5B226F6666222C226F6E225D2C2276616C756573223A5B66616C73652C747275655D7D2C7B22636C69656E74223A747275652C2276617269616E7473223A5B227072696365222C22726F617374225D2C2276616C756573223A5B227072696365222C22726F617374225D7D5D2C2272756E73223A5B2266726573682D6865726F2D31222C226C61726765722D627574746F6E732D31225D2C226564697473223A5B7B226368616E6765223A7B2274657874223A22526F61737465642074686973206D6F726E696E67227D2C2273656C656374223A2223686561646C696E65227D2C7B226368616E6765223A7B2274657874223A22526F61737465642074686973206D6F726E696E67227D2C2273656C656374223A2223686561646C696E65227D5D2C226576656E7473223A5B226572726F72222C226F72646572225D7D0200000001000000', X'504D534E010000000400000058030000C855DF367D38053A2DB78A5F6924F7582D60476CA5350208FBEE2938BD3F770EFB8CA901ED245FA4A000000058000000F800000004000000380100000A000000D801000004000000180200000200000028020000000000002802000000000000280200000000000028020000000000002802000000000000280200006001000088030000010000008803000002000000726F6C6C6F75740066726573682D6865726F2D310073706C69740066726573682D6865726F2D3100726F6C6C6F7574006C61726765722D627574746F6E732D310073706C6974006C61726765722D627574746F6E732D31000000000005000000020000000000000005000000010000000200000001000000060000000300000002000000020000000900000001000100020000000300000002000000CCCCCC0C00000000010000000100010000000000000000000200000002000000CCCCCC0C000000000100000000020000010000000100FFFF000000000001000000000000FFFFFFFF000000000000000000000000FFFFFFFF0000000002000200CCCCCC0C0000000001000000010003000000000000000100020000000001000000000000FFFFFFFF000000000000000001000000FFFFFFFF00000000A0000000150000000000010000000000B5000000130000000000010000000000C8000000190000000000010000000000E1000000170000000000010000000000FFFFFF7F00000000FFFFFFFF010000007B2261747472696275746573223A5B22756E6974225D2C226B657973223A5B2266726573682D6865726F222C2267696674222C226C61726765722D627574746F6E73222C22736F7274225D2C226B696E64223A5B302C312C302C325D2C226B696E6473223A5B7B22636C69656E74223A747275652C2276617269616E7473223A5B22636F6E74726F6C222C226E6577225D2C2276616C756573223A5B22636F6E74726F6C222C226E6577225D7D2C7B22636C69656E74223A747275652C2276617269616E7473223A5B226F6666222C226F6E225D2C2276616C756573223A5B66616C73652C747275655D7D2C7B22636C69656E74223A747275652C2276617269616E7473223A5B227072696365222C22726F617374225D2C2276616C756573223A5B227072696365222C22726F617374225D7D5D2C2272756E73223A5B2266726573682D6865726F2D31222C226C61726765722D627574746F6E732D31225D7D0200000001000000');
INSERT INTO version VALUES ('production', 5, 1800095400000, 'the engine', 'Larger buttons: took the ramp to 25 %: after 2 hours with at least 100 visitors in each arm nothing guarded got worse, so 25 % may meet it', '479d008ac1027f333ccc243c33dfdd6bdf8f2c77be41d02529d358d2f43c9f94', '{
  "format": 1,
  "flags": {
    "fresh-hero": {
      "description": "Fresh hero",
      "kind": "string",
      "variants": {
        "control": "control",
        "new": "new"
      },
      "off": "control",
      "enabled": true,
      "client": true,
      "rules": [
        {
          "experiment": "fresh-hero"
        },
        {
          "serve": "new",
          "rollout": {
            "salt": "fresh-hero-1",
            "below": 214748364,
            "unit": "unit"
          }
        }
      ],
      "otherwise": "control"
    },
    "gift": {
      "kind": "boolean",
      "variants": {
        "off": false,
        "on": true
      },
      "off": "off",
      "enabled": true,
      "client": true,
      "rules": [],
      "otherwise": "off"
    },
    "larger-buttons": {
      "description": "Larger buttons",
      "kind": "string",
      "variants": {
        "control": "control",
        "new": "new"
      },
      "off": "control",
      "enabled": true,
      "client": true,
      "rules": [
        {
          "experiment": "larger-buttons"
        }
      ],
      "otherwise": "control"
    },
    "sort": {
      "kind": "string",
      "variants": {
        "price": "price",
        "roast": "roast"
      },
      "off": "roast",
      "enabled": true,
      "client": true,
      "rules": [],
      "otherwise": "roast"
    }
  },
  "metrics": {
    "errors": {
      "event": "error"
    },
    "orders": {
      "event": "order"
    }
  },
  "experiments": {
    "fresh-hero": {
      "description": "If we promise freshness, then “orders” goes up by at least 30 %, because fresh is good.",
      "flag": "fresh-hero",
      "metric": "orders",
      "guardrails": [
        "errors"
      ],
      "control": "control",
      "unit": "unit",
      "run": {
        "id": "fresh-hero-1",
        "salt": "fresh-hero-1",
        "epoch": 2,
        "rollout": 214748364,
        "split": [
          [
            2147483648,
            "control"
          ],
          [
            4294967296,
            "new"
          ]
        ]
      }
    },
    "larger-buttons": {
      "description": "If we promise freshness, then “orders” goes up by at least 30 %, because fresh is good.",
      "flag": "larger-buttons",
      "metric": "orders",
      "guardrails": [
        "errors"
      ],
      "control": "control",
      "unit": "unit",
      "run": {
        "id": "larger-buttons-1",
        "salt": "larger-buttons-1",
        "epoch": 2,
        "rollout": 1073741824,
        "split": [
          [
            2147483648,
            "control"
          ],
          [
            4294967296,
            "new"
          ]
        ]
      }
    }
  },
  "pages": {
    "fresh-hero": {
      "path": "/",
      "flag": "fresh-hero",
      "variants": {
        "new": [
          {
            "change": {
              "text": "Roasted this morning"
            },
            "select": "#headline"
          }
        ]
      }
    },
    "larger-buttons": {
      "path": "/buttons",
      "flag": "larger-buttons",
      "variants": {
        "new": [
          {
            "change": {
              "text": "Roasted this morning"
            },
            "select": "#headline"
          }
        ]
      }
    }
  },
  "surveys": {}
}', 'ccc1d2b0ea5408a3dc228fa9e37a6fc991ba2ba30a0f4393650fa2eaa228f02e', X'504D534E0100000005000000D7040000CCC1D2B0EA5408A3DC228FA9E37A6FC991BA2BA30A0F4393650FA2EAA228F02EDC371BCE0A8FAB35A0000000D20000007201000004000000B20100000A00000052020000040000009202000002000000A202000000000000A202000000000000A202000002000000E2020000040000000203000000000000020300000502000007050000010000000705000002000000726F6C6C6F75740066726573682D6865726F2D310073706C69740066726573682D6865726F2D3100726F6C6C6F7574006C61726765722D627574746F6E732D310073706C6974006C61726765722D627574746F6E732D310002000200020001022E002F01FF0003030301090002000200070B2E002F01610062026D006E036F047200730574067507FF000A0A0A0A0A0A0A0A0A030A0A0A0A0A0A0A0A040A0A0A0A0A0A0A0A0A0A0A0A050A0A0A0A0A0A060A0A0A0A0A0A0A070A0A0A0A0A080A0A0A0A0A0A090A0A0A0A0A0A0A0A0A010A0A0000000005000000020000000000000005000000010000000200000001000000060000000300000002000000020000000900000001000100020000000300000002000000CCCCCC0C00000000010000000100010000000000000000000200000002000000CCCCCC0C000000000100000000020000010000000100FFFF000000000001000000000000FFFFFFFF000000000000000000000000FFFFFFFF0000000002000200000000400000000001000000010003000000000000000100020000000001000000000000FFFFFFFF000000000000000001000000FFFFFFFF00000000A0000000150000000000010000000000B5000000130000000000010000000000C8000000190000000000010000000000E1000000170000000000010000000000FFFFFF7F00000000FFFFFFFF01000000F8000000120000000A010000000000000A0100000000000000000000000000000A010000680000000A010000000000000A01000000000000020000000200000000000000000000000000000001000000010000000000000001000000010000007B2261747472696275746573223A5B22756E6974225D2C226B657973223A5B2266726573682D6865726F222C2267696674222C226C61726765722D627574746F6E73222C22736F7274225D2C226B696E64223A5B302C312C302C325D2C226B696E6473223A5B7B22636C69656E74223A747275652C2276617269616E7473223A5B22636F6E74726F6C222C226E6577225D2C2276616C756573223A5B22636F6E74726F6C222C226E6577225D7D2C7B22636C69656E74223A747275652C2276617269616E7473223A5B226F6666222C226F6E225D2C2276616C756573223A5B66616C73652C747275655D7D2C7B22636C69656E74223A747275652C2276617269616E7473223A5B227072696365222C22726F617374225D2C2276616C756573223A5B227072696365222C22726F617374225D7D5D2C2272756E73223A5B2266726573682D6865726F2D31222C226C61726765722D627574746F6E732D31225D2C226564697473223A5B7B226368616E6765223A7B2274657874223A22526F61737465642074686973206D6F726E696E67227D2C2273656C656374223A2223686561646C696E65227D2C7B226368616E6765223A7B2274657874223A22526F61737465642074686973206D6F726E696E67227D2C2273656C656374223A2223686561646C696E65227D5D2C226576656E7473223A5B226572726F72222C226F72646572225D7D0200000002000000', X'504D534E01000000050000005803000014E63AEE02D02F655D06E0F281B8AF337AEBF3C6860F5A2869B49ACD7D8F10B555356C191E6346A5A000000058000000F800000004000000380100000A000000D801000004000000180200000200000028020000000000002802000000000000280200000000000028020000000000002802000000000000280200006001000088030000010000008803000002000000726F6C6C6F75740066726573682D6865726F2D310073706C69740066726573682D6865726F2D3100726F6C6C6F7574006C61726765722D627574746F6E732D310073706C6974006C61726765722D627574746F6E732D31000000000005000000020000000000000005000000010000000200000001000000060000000300000002000000020000000900000001000100020000000300000002000000CCCCCC0C00000000010000000100010000000000000000000200000002000000CCCCCC0C000000000100000000020000010000000100FFFF000000000001000000000000FFFFFFFF000000000000000000000000FFFFFFFF0000000002000200000000400000000001000000010003000000000000000100020000000001000000000000FFFFFFFF000000000000000001000000FFFFFFFF00000000A0000000150000000000010000000000B5000000130000000000010000000000C8000000190000000000010000000000E1000000170000000000010000000000FFFFFF7F00000000FFFFFFFF010000007B2261747472696275746573223A5B22756E6974225D2C226B657973223A5B2266726573682D6865726F222C2267696674222C226C61726765722D627574746F6E73222C22736F7274225D2C226B696E64223A5B302C312C302C325D2C226B696E6473223A5B7B22636C69656E74223A747275652C2276617269616E7473223A5B22636F6E74726F6C222C226E6577225D2C2276616C756573223A5B22636F6E74726F6C222C226E6577225D7D2C7B22636C69656E74223A747275652C2276617269616E7473223A5B226F6666222C226F6E225D2C2276616C756573223A5B66616C73652C747275655D7D2C7B22636C69656E74223A747275652C2276617269616E7473223A5B227072696365222C22726F617374225D2C2276616C756573223A5B227072696365222C22726F617374225D7D5D2C2272756E73223A5B2266726573682D6865726F2D31222C226C61726765722D627574746F6E732D31225D7D0200000002000000');
CREATE TABLE vote (experiment TEXT NOT NULL, person INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (experiment, person)) WITHOUT ROWID;
