CREATE TABLE catalog (name TEXT PRIMARY KEY, last INTEGER, n INTEGER NOT NULL, properties TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO catalog VALUES ('order', 1800000000005, 4, '');
CREATE TABLE event (unit BLOB NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, value INTEGER, currency TEXT, properties TEXT NOT NULL, traits TEXT NOT NULL, PRIMARY KEY (unit, key)) WITHOUT ROWID;
INSERT INTO event VALUES (X'00000000000000000000000000000002', 'page-1/0/1', 'order', 1800000000002, NULL, '', '', 'Other|||');
INSERT INTO event VALUES (X'00000000000000000000000000000003', 'page-1/0/1', 'order', 1800000000003, NULL, '', '', 'Other|||');
INSERT INTO event VALUES (X'00000000000000000000000000000004', 'page-1/0/1', 'order', 1800000000004, NULL, '', '', 'Other|||');
INSERT INTO event VALUES (X'00000000000000000000000000000005', 'page-1/0/1', 'order', 1800000000005, NULL, '', '', 'Other|||');
CREATE TABLE exposure (unit BLOB NOT NULL, run TEXT NOT NULL, variant TEXT NOT NULL, epoch INTEGER NOT NULL, config INTEGER NOT NULL, assigned_at INTEGER NOT NULL, confirmed_at INTEGER, crossed INTEGER NOT NULL, traits TEXT NOT NULL, sent INTEGER NOT NULL, lost INTEGER NOT NULL, PRIMARY KEY (unit, run)) WITHOUT ROWID;
INSERT INTO exposure VALUES (X'00000000000000000000000000000000', 'a-1', 'x', 1, 1, 1800000000000, 1800000000000, 0, 'Other|||', 0, 0);
INSERT INTO exposure VALUES (X'00000000000000000000000000000001', 'a-1', 'y', 1, 1, 1800000000000, 1800000000001, 0, 'Other|||', 0, 0);
INSERT INTO exposure VALUES (X'00000000000000000000000000000002', 'a-1', 'x', 1, 1, 1800000000000, 1800000000002, 0, 'Other|||', 0, 0);
INSERT INTO exposure VALUES (X'00000000000000000000000000000003', 'a-1', 'y', 1, 1, 1800000000000, 1800000000003, 0, 'Other|||', 0, 0);
INSERT INTO exposure VALUES (X'00000000000000000000000000000004', 'a-1', 'x', 1, 1, 1800000000000, 1800000000004, 0, 'Other|||', 0, 0);
INSERT INTO exposure VALUES (X'00000000000000000000000000000005', 'a-1', 'y', 1, 1, 1800000000000, 1800000000005, 0, 'Other|||', 0, 0);
CREATE TABLE format (n INTEGER NOT NULL);
INSERT INTO format VALUES (1);
CREATE TABLE freshness (run TEXT PRIMARY KEY, assigned_at INTEGER NOT NULL, confirmed_at INTEGER) WITHOUT ROWID;
INSERT INTO freshness VALUES ('a-1', 1800000000000, 1800000000005);
CREATE TABLE garbage (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE ledger (hour INTEGER NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL, run TEXT NOT NULL, variant TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (hour, outcome, reason, run, variant)) WITHOUT ROWID;
INSERT INTO ledger VALUES (1800000000000, 'stored', '', '', '', 4);
INSERT INTO ledger VALUES (1800000000000, 'stored', '', 'a-1', 'x', 3);
INSERT INTO ledger VALUES (1800000000000, 'stored', '', 'a-1', 'y', 3);
CREATE TABLE metric (run TEXT NOT NULL, metric TEXT NOT NULL, json TEXT NOT NULL, behind BLOB, PRIMARY KEY (run, metric)) WITHOUT ROWID;
INSERT INTO metric VALUES ('a-1', 'orders', '{"event":"order","measure":{"kind":"conversion"},"metric":"orders","primary":true,"rates":{}}', NULL);
INSERT INTO metric VALUES ('b-1', 'orders', '{"event":"order","measure":{"kind":"conversion"},"metric":"orders","primary":true,"rates":{}}', NULL);
CREATE TABLE page (unit BLOB NOT NULL, page TEXT NOT NULL, at INTEGER NOT NULL, heard INTEGER NOT NULL, numbers BLOB NOT NULL, PRIMARY KEY (unit, page)) WITHOUT ROWID;
INSERT INTO page VALUES (X'00000000000000000000000000000000', 'page-1', 1800000000000, 1800000000000, X'01');
INSERT INTO page VALUES (X'00000000000000000000000000000001', 'page-1', 1800000000001, 1800000000001, X'01');
INSERT INTO page VALUES (X'00000000000000000000000000000002', 'page-1', 1800000000002, 1800000000002, X'01');
INSERT INTO page VALUES (X'00000000000000000000000000000003', 'page-1', 1800000000003, 1800000000003, X'01');
INSERT INTO page VALUES (X'00000000000000000000000000000004', 'page-1', 1800000000004, 1800000000004, X'01');
INSERT INTO page VALUES (X'00000000000000000000000000000005', 'page-1', 1800000000005, 1800000000005, X'01');
CREATE TABLE pair (one TEXT NOT NULL, other TEXT NOT NULL, behind BLOB, PRIMARY KEY (one, other)) WITHOUT ROWID;
INSERT INTO pair VALUES ('a-1', 'b-1', NULL);
CREATE TABLE pending (n INTEGER PRIMARY KEY, unit BLOB NOT NULL, at INTEGER NOT NULL, lines INTEGER NOT NULL, text TEXT NOT NULL);
INSERT INTO pending VALUES (1, X'', 1800000000000, 1, '{"t":"version","config":1,"runs":[{"run":"a-1","epoch":1,"split":[[2147483648,"x"],[4294967296,"y"]],"salt":"a-1","rollout":4294967296,"drawn":false,"spans":[],"metrics":[{"metric":"orders","event":"order","primary":false,"measure":{"kind":"conversion"},"rates":{}}]},{"run":"b-1","epoch":1,"split":[[2147483648,"x"],[4294967296,"y"]],"salt":"b-1","rollout":4294967296,"drawn":false,"spans":[],"metrics":[{"metric":"orders","event":"order","primary":false,"measure":{"kind":"conversion"},"rates":{}}]}],"currencies":[]}
');
INSERT INTO pending VALUES (2, X'00000000000000000000000000000000', 1800000000000, 2, '{"t":"exposure","unit":"00000000000000000000000000000000","run":"a-1","variant":"x","epoch":1,"config":1,"assigned":1800000000000,"confirmed":1800000000000,"browser":"Other","device":"","country":"","visitor":""}
{"t":"page","unit":"00000000000000000000000000000000","page":"page-1","seq":0,"at":1800000000000,"heard":1800000000000}
');
INSERT INTO pending VALUES (3, X'00000000000000000000000000000001', 1800000000001, 2, '{"t":"exposure","unit":"00000000000000000000000000000001","run":"a-1","variant":"y","epoch":1,"config":1,"assigned":1800000000000,"confirmed":1800000000001,"browser":"Other","device":"","country":"","visitor":""}
{"t":"page","unit":"00000000000000000000000000000001","page":"page-1","seq":0,"at":1800000000001,"heard":1800000000001}
');
INSERT INTO pending VALUES (4, X'00000000000000000000000000000002', 1800000000002, 3, '{"t":"exposure","unit":"00000000000000000000000000000002","run":"a-1","variant":"x","epoch":1,"config":1,"assigned":1800000000000,"confirmed":1800000000002,"browser":"Other","device":"","country":"","visitor":""}
{"t":"event","unit":"00000000000000000000000000000002","key":"page-1/0/1","name":"order","at":1800000000002,"micros":null,"currency":"","properties":{},"browser":"Other","device":"","country":"","visitor":""}
{"t":"page","unit":"00000000000000000000000000000002","page":"page-1","seq":0,"at":1800000000002,"heard":1800000000002}
');
INSERT INTO pending VALUES (5, X'00000000000000000000000000000003', 1800000000003, 3, '{"t":"exposure","unit":"00000000000000000000000000000003","run":"a-1","variant":"y","epoch":1,"config":1,"assigned":1800000000000,"confirmed":1800000000003,"browser":"Other","device":"","country":"","visitor":""}
{"t":"event","unit":"00000000000000000000000000000003","key":"page-1/0/1","name":"order","at":1800000000003,"micros":null,"currency":"","properties":{},"browser":"Other","device":"","country":"","visitor":""}
{"t":"page","unit":"00000000000000000000000000000003","page":"page-1","seq":0,"at":1800000000003,"heard":1800000000003}
');
INSERT INTO pending VALUES (6, X'00000000000000000000000000000004', 1800000000004, 3, '{"t":"exposure","unit":"00000000000000000000000000000004","run":"a-1","variant":"x","epoch":1,"config":1,"assigned":1800000000000,"confirmed":1800000000004,"browser":"Other","device":"","country":"","visitor":""}
{"t":"event","unit":"00000000000000000000000000000004","key":"page-1/0/1","name":"order","at":1800000000004,"micros":null,"currency":"","properties":{},"browser":"Other","device":"","country":"","visitor":""}
{"t":"page","unit":"00000000000000000000000000000004","page":"page-1","seq":0,"at":1800000000004,"heard":1800000000004}
');
INSERT INTO pending VALUES (7, X'00000000000000000000000000000005', 1800000000005, 3, '{"t":"exposure","unit":"00000000000000000000000000000005","run":"a-1","variant":"y","epoch":1,"config":1,"assigned":1800000000000,"confirmed":1800000000005,"browser":"Other","device":"","country":"","visitor":""}
{"t":"event","unit":"00000000000000000000000000000005","key":"page-1/0/1","name":"order","at":1800000000005,"micros":null,"currency":"","properties":{},"browser":"Other","device":"","country":"","visitor":""}
{"t":"page","unit":"00000000000000000000000000000005","page":"page-1","seq":0,"at":1800000000005,"heard":1800000000005}
');
CREATE TABLE push (run TEXT PRIMARY KEY, sequence INTEGER NOT NULL, told INTEGER NOT NULL, dirty INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO push VALUES ('a-1', 0, 0, 1, 0);
CREATE TABLE refusal (name TEXT NOT NULL, reason TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (name, reason)) WITHOUT ROWID;
CREATE TABLE rewriting (number INTEGER PRIMARY KEY);
CREATE TABLE segment (number INTEGER PRIMARY KEY, generation INTEGER NOT NULL, until INTEGER NOT NULL, from_at INTEGER NOT NULL, to_at INTEGER NOT NULL, lines INTEGER NOT NULL, sealed INTEGER NOT NULL);
CREATE TABLE sum (run TEXT NOT NULL, variant TEXT NOT NULL, epoch INTEGER NOT NULL, metric TEXT NOT NULL, dimension TEXT NOT NULL, cohort INTEGER NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (run, variant, epoch, metric, dimension, cohort)) WITHOUT ROWID;
INSERT INTO sum VALUES ('', '', 0, 'order', '', 1799971200000, X'04000000000000000000000000000000');
INSERT INTO sum VALUES ('', '', 0, 'order', 'browser=Other', 1799971200000, X'04000000000000000000000000000000');
INSERT INTO sum VALUES ('a-1', 'x', 1, '', '', 0, X'03000000000000000000000000000000030000000000000000000000000000000000000000000000000000000000000003000000000000000000000000000000');
INSERT INTO sum VALUES ('a-1', 'x', 1, '', 'browser=Other', 0, X'03000000000000000000000000000000030000000000000000000000000000000000000000000000000000000000000003000000000000000000000000000000');
INSERT INTO sum VALUES ('a-1', 'x', 1, 'orders', '', 0, X'030000000000000000000000000000000200000000000000000000000000000002000000000000000000000000000000');
INSERT INTO sum VALUES ('a-1', 'x', 1, 'orders', 'browser=Other', 0, X'030000000000000000000000000000000200000000000000000000000000000002000000000000000000000000000000');
INSERT INTO sum VALUES ('a-1', 'y', 1, '', '', 0, X'03000000000000000000000000000000030000000000000000000000000000000000000000000000000000000000000003000000000000000000000000000000');
INSERT INTO sum VALUES ('a-1', 'y', 1, '', 'browser=Other', 0, X'03000000000000000000000000000000030000000000000000000000000000000000000000000000000000000000000003000000000000000000000000000000');
INSERT INTO sum VALUES ('a-1', 'y', 1, 'orders', '', 0, X'030000000000000000000000000000000200000000000000000000000000000002000000000000000000000000000000');
INSERT INTO sum VALUES ('a-1', 'y', 1, 'orders', 'browser=Other', 0, X'030000000000000000000000000000000200000000000000000000000000000002000000000000000000000000000000');
CREATE TABLE tombstone (unit BLOB PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE version (config INTEGER PRIMARY KEY, json TEXT NOT NULL, used INTEGER NOT NULL);
INSERT INTO version VALUES (1, '{"config":1,"currencies":[],"runs":[{"drawn":false,"epoch":1,"metrics":[{"event":"order","measure":{"kind":"conversion"},"metric":"orders","primary":false,"rates":{}}],"rollout":4294967296,"run":"a-1","salt":"a-1","spans":[],"split":[[2147483648,"x"],[4294967296,"y"]]},{"drawn":false,"epoch":1,"metrics":[{"event":"order","measure":{"kind":"conversion"},"metric":"orders","primary":false,"rates":{}}],"rollout":4294967296,"run":"b-1","salt":"b-1","spans":[],"split":[[2147483648,"x"],[4294967296,"y"]]}]}', 1800000000000);
