//! What holds after each step of a walk.

use super::*;

impl Walk {
    /// Percent of visitors that may meet what a flag's experiments try at most.
    fn gates(&mut self) -> BTreeMap<String, usize> {
        let mut gates = BTreeMap::new();
        for card in self.desk.get("experiments")["experiments"].as_array().unwrap() {
            let view = self.desk.experiment(card["key"].as_str().unwrap());
            let ramp = &view["ramp"];
            let stage = ramp["stage"].as_u64().map_or(&Value::Null, |stage| &ramp["stages"][stage as usize]);
            let most = stage.as_u64().unwrap_or(0).max(ramp["released"].as_u64().unwrap_or(0));
            let gate = gates.entry(view["flag"].as_str().unwrap().to_string()).or_insert(0);
            *gate = usize::try_from(most).unwrap().max(*gate);
        }
        gates
    }

    /// What no experiment is, whatever its people did.
    pub(super) fn experiments(&mut self) -> Result<(), String> {
        let cards = self.desk.get("experiments")["experiments"].clone();
        for card in cards.as_array().unwrap() {
            let view = self.desk.experiment(card["key"].as_str().unwrap());
            let (decision, team) = (&view["decision"], self.tokens.contains_key("approver"));
            let shipped = decision["choice"] == "ship";
            if shipped && decision["byTheRule"] == false && decision["approver"].is_null() {
                return Err(format!("shipped by one person: {view}"));
            }
            if shipped && view["stop"]["cause"] == "guardrail" {
                return Err(format!("shipped what a guardrail stopped: {view}"));
            }
            let began = view["history"]
                .as_array()
                .unwrap()
                .iter()
                .rev()
                .find(|entry| entry["what"].as_str().unwrap().contains("it starts with"));
            let own = began.is_some_and(|entry| entry["who"] == view["author"]) && view["reviewer"] == view["author"];
            if team && own && !view["run"].is_null() {
                return Err(format!("its author has started it with one click: {view}"));
            }
        }
        Ok(())
    }

    /// Whether what visitors meet now follows from what they met before by this leave.
    pub(super) fn judge(&mut self, leave: Leave) -> Result<(), String> {
        let (after, digest, gates) = (self.desk.served(), self.desk.digest(), self.gates());
        let before = std::mem::replace(&mut self.served, after);
        let changed = std::mem::replace(&mut self.digest, digest) != self.digest;
        for (flag, (met, off)) in &self.served {
            let was = before.get(flag);
            for (thing, visitors) in met {
                let known = self.known.entry((flag.clone(), thing.clone())).or_insert(0);
                let met_before = was.and_then(|(met, _)| met.get(thing)).map_or(0, BTreeSet::len);
                let (now, most) = (visitors.len(), *known);
                *known = now.max(most);
                let safe = thing == off || was.is_some_and(|(_, off)| off == thing);
                if safe || now <= met_before {
                    continue;
                }
                let allowed = match leave {
                    Leave::Nothing => met_before,
                    Leave::Alone => (met_before + VISITORS / 10 + CHANCE).min(VISITORS / 2 + CHANCE),
                    Leave::Gate => VISITORS * gates.get(flag).copied().unwrap_or(0) / 100 + CHANCE,
                    Leave::Known => most,
                    Leave::Word => VISITORS,
                };
                if now > allowed.max(met_before) {
                    return Err(format!("{flag}: {thing} from {met_before} to {now} of {VISITORS} by {leave:?}"));
                }
            }
        }
        let silent = leave == Leave::Nothing && changed && self.grew(&before);
        if silent { Err("something went live by nobody's leave".to_string()) } else { Ok(()) }
    }

    /// Whether something is there that was not. A flag that comes back with its off alone shows nobody anything.
    fn grew(&self, before: &Served) -> bool {
        let shows = |met: &BTreeMap<String, BTreeSet<usize>>, off: &String| met.keys().any(|thing| thing != off);
        self.served.iter().any(|(flag, (met, off))| !before.contains_key(flag) && shows(met, off))
    }

    /// Versions count without a gap, and each stands on a line of the log of its own.
    pub(super) fn versions(&self) -> Result<(), String> {
        let mut rows = self.desk.store.prepare("SELECT n, audit FROM version ORDER BY n").unwrap();
        let rows = rows.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))).unwrap();
        let rows: Vec<_> = rows.map(Result::unwrap).collect();
        if !rows.iter().map(|(n, _)| *n).eq((1..).take(rows.len())) {
            return Err(format!("versions have a gap: {rows:?}"));
        }
        let heads: BTreeSet<_> = rows.iter().map(|(_, head)| head).collect();
        let count = "SELECT count(*) FROM audit WHERE hash IN (SELECT audit FROM version)";
        let lines: i64 = self.desk.store.query_row(count, [], |row| row.get(0)).unwrap();
        if heads.len() == rows.len() && usize::try_from(lines) == Ok(rows.len()) {
            Ok(())
        } else {
            Err(format!("{lines} lines: {rows:?}"))
        }
    }
}
