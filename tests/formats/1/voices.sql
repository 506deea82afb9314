CREATE TABLE answer (id INTEGER PRIMARY KEY, unit BLOB NOT NULL, survey TEXT NOT NULL, run TEXT NOT NULL, variant TEXT NOT NULL, choice TEXT, text TEXT NOT NULL, at INTEGER NOT NULL, UNIQUE (unit, survey));
CREATE INDEX answer_of_survey ON answer (survey, at);
CREATE INDEX answer_at ON answer (at);
CREATE VIRTUAL TABLE word USING fts5 (text, tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO answer VALUES (1, X'00000000000000000000000000000001', 'clear', 'hero-1', 'new', 'Yes', 'The crème is too sweet.', 1800000000000);
INSERT INTO answer VALUES (2, X'00000000000000000000000000000002', 'clear', 'hero-1', 'control', 'No', 'Where is the marzipan?', 1800000000001);
INSERT INTO answer VALUES (3, X'00000000000000000000000000000003', 'clear', 'hero-1', 'new', 'Yes', '', 1800000000002);
INSERT INTO word (rowid, text) VALUES (1, 'The crème is too sweet.');
INSERT INTO word (rowid, text) VALUES (2, 'Where is the marzipan?');
