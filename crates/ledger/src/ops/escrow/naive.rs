//! A slow model of escrows beside the rules.

use crate::ops::contract_sandbox::{Beside, Naive, at, cases, open_chain, turns};
use crate::ops::sandbox::{amount, op};
use carbyne_protocol::ops::Operation;
use proptest::prelude::*;
use serde_json::{Value, json};

const EACH: i64 = 1_000;
const ACCOUNTS: u64 = 4;
const DAY: i128 = 86_400;

/// Amounts of the assets 1.3.1 and 1.3.2; zero is none.
type Pair = (i64, i64);

#[derive(Clone, Debug)]
enum Deed {
    Create {
        who: (u64, u64, Option<u64>),
        amounts: Pair,
        fee: i64,
        ratify: i128,
        more: i128,
        bps: u16,
    },
    Ratify {
        which: usize,
        who: u64,
        approve: bool,
    },
    Release {
        which: usize,
        who: u64,
        amounts: Pair,
    },
    Split {
        which: usize,
        right: bool,
        to: Pair,
        from: Pair,
    },
    Dispute {
        which: usize,
        who: u64,
    },
    Rule {
        which: usize,
        who: Option<u64>,
        amounts: Pair,
    },
    Amend {
        which: usize,
        agent: Option<u64>,
        later: Option<i128>,
    },
}

fn deed() -> impl Strategy<Value = Deed> + Clone {
    let who = || 1..=ACCOUNTS;
    let pair = || (prop_oneof![Just(0), 1..120_i64], prop_oneof![Just(0), 1..120_i64]);
    let some = || proptest::option::of(who());
    let which = || any::<usize>();
    prop_oneof![
        4 => (
            (who(), who(), some()), pair(), 0..20_i64, 0..2 * DAY, 0..4 * DAY,
            prop_oneof![Just(0_u16), Just(3_333), Just(10_000)],
        ).prop_map(|(who, amounts, fee, ratify, more, bps)| {
            Deed::Create { who, amounts, fee, ratify, more, bps }
        }),
        8 => (which(), who(), proptest::bool::weighted(0.9))
            .prop_map(|(which, who, approve)| Deed::Ratify { which, who, approve }),
        3 => (which(), who(), pair())
            .prop_map(|(which, who, amounts)| Deed::Release { which, who, amounts }),
        2 => (which(), proptest::bool::weighted(0.9), pair(), pair())
            .prop_map(|(which, right, to, from)| Deed::Split { which, right, to, from }),
        3 => (which(), who()).prop_map(|(which, who)| Deed::Dispute { which, who }),
        3 => (which(), proptest::option::weighted(0.3, who()), pair())
            .prop_map(|(which, who, amounts)| Deed::Rule { which, who, amounts }),
        2 => (which(), some(), proptest::option::of(0..3 * DAY))
            .prop_map(|(which, agent, later)| Deed::Amend { which, agent, later }),
    ]
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Waits,
    Runs,
    Argues,
}

#[derive(Clone, Debug)]
struct Escrow {
    number: usize,
    from: u64,
    to: u64,
    agent: Option<u64>,
    rest: [i128; 2],
    fee: i128,
    deliver: i128,
    bps: i128,
    state: State,
    approved: (bool, bool),
    end: i128,
}

#[derive(Clone)]
struct Model {
    now: i128,
    made: usize,
    escrows: Vec<Escrow>,
    has: Vec<[i128; 2]>,
}

fn list((one, two): Pair) -> Vec<Value> {
    let both = [amount(one, 1), amount(two, 2)];
    both.into_iter().zip([one, two]).filter(|(_, units)| *units > 0).map(|(it, _)| it).collect()
}

fn numbers((one, two): Pair) -> [i128; 2] {
    [one.into(), two.into()]
}

fn id(account: u64) -> String {
    format!("1.2.{account}")
}

impl Escrow {
    fn covers(&self, parts: [i128; 2]) -> bool {
        parts[0] <= self.rest[0] && parts[1] <= self.rest[1]
    }
}

impl Model {
    fn new() -> Self {
        let has = vec![[EACH.into(); 2]; ACCOUNTS as usize + 1];
        Self { now: 0, made: 0, escrows: Vec::new(), has }
    }

    fn pay(&mut self, place: usize, to: u64, parts: [i128; 2]) {
        for (asset, part) in parts.into_iter().enumerate() {
            self.escrows[place].rest[asset] -= part;
            self.has[to as usize][asset] += part;
        }
    }

    fn over(&mut self, place: usize, fee_to: u64) {
        let escrow = self.escrows.remove(place);
        assert_eq!(escrow.rest, [0, 0]);
        self.has[fee_to as usize][0] += escrow.fee;
    }

    /// Nothing left: the agent is paid unless somebody argued.
    fn over_if_empty(&mut self, place: usize) {
        let escrow = self.escrows[place].clone();
        if escrow.rest == [0, 0] {
            let argued = escrow.state == State::Argues;
            let fee_to = if argued { escrow.from } else { escrow.agent.unwrap_or(escrow.from) };
            self.over(place, fee_to);
        }
    }

    fn back(&mut self, place: usize) {
        let (from, rest) = (self.escrows[place].from, self.escrows[place].rest);
        self.pay(place, from, rest);
        self.over(place, from);
    }

    fn create(&mut self, deed: &Deed) -> Option<(Operation, bool)> {
        let Deed::Create { who: (from, to, agent), amounts, fee, ratify, more, bps } = *deed else {
            return None;
        };
        let (ratify, deliver) = (self.now + ratify, self.now + ratify + more);
        let (fee, review) = if agent.is_some() { (fee, DAY) } else { (0, 0) };
        let operation = op(
            "escrow_create",
            json!({
                "from": id(from), "to": id(to), "agent": agent.map(id), "amounts": list(amounts),
                "agent_fee": amount(fee, 1), "ratify_by": at(ratify as u32),
                "deliver_by": at(deliver as u32), "review_sec": review as u32, "default_bps": bps,
            }),
        );
        let [one, two] = numbers(amounts);
        let has = self.has[from as usize];
        let affords = has[0] >= one + i128::from(fee) && has[1] >= two;
        let apart = from != to && agent != Some(from) && agent != Some(to);
        let taken = apart && one + two > 0 && ratify > self.now && affords;
        if taken {
            self.has[from as usize][0] -= one + i128::from(fee);
            self.has[from as usize][1] -= two;
            self.escrows.push(Escrow {
                number: self.made,
                from,
                to,
                agent,
                rest: [one, two],
                fee: fee.into(),
                deliver,
                bps: bps.into(),
                state: State::Waits,
                approved: (false, agent.is_none()),
                end: ratify,
            });
            self.made += 1;
        }
        Some((operation, taken))
    }

    fn ratify(&mut self, place: usize, who: u64, approve: bool) -> (Operation, bool) {
        let escrow = &mut self.escrows[place];
        let operation = op(
            "escrow_ratify",
            json!({
                "who": id(who), "escrow": format!("16.2.{}", escrow.number), "approve": approve,
            }),
        );
        let waits = (who == escrow.to && !escrow.approved.0)
            || (Some(who) == escrow.agent && !escrow.approved.1);
        let taken = waits && escrow.state == State::Waits && self.now < escrow.end;
        if taken && approve {
            if who == escrow.to {
                escrow.approved.0 = true;
            } else {
                escrow.approved.1 = true;
            }
            if escrow.approved == (true, true) {
                (escrow.state, escrow.end) = (State::Runs, escrow.deliver);
            }
        } else if taken {
            self.back(place);
        }
        (operation, taken)
    }

    fn release(&mut self, place: usize, who: u64, amounts: Pair) -> (Operation, bool) {
        let escrow = self.escrows[place].clone();
        let operation = op(
            "escrow_release",
            json!({
                "who": id(who), "escrow": format!("16.2.{}", escrow.number),
                "amounts": list(amounts),
            }),
        );
        let parts = numbers(amounts);
        let party = who == escrow.from || who == escrow.to;
        let open = escrow.state != State::Waits && self.now < escrow.end;
        let taken = party && open && parts != [0, 0] && escrow.covers(parts);
        if taken {
            let other = if who == escrow.from { escrow.to } else { escrow.from };
            self.pay(place, other, parts);
            self.over_if_empty(place);
        }
        (operation, taken)
    }

    fn split(&mut self, place: usize, right: bool, to: Pair, from: Pair) -> (Operation, bool) {
        let escrow = self.escrows[place].clone();
        let receiver = if right { escrow.to } else { escrow.to % ACCOUNTS + 1 };
        let operation = op(
            "escrow_split",
            json!({
                "from": id(escrow.from), "to": id(receiver),
                "escrow": format!("16.2.{}", escrow.number), "to_receiver": list(to),
                "to_sender": list(from),
            }),
        );
        let (to, from) = (numbers(to), numbers(from));
        let sum = [to[0] + from[0], to[1] + from[1]];
        let open = escrow.state != State::Waits && self.now < escrow.end;
        let taken = right && open && sum != [0, 0] && escrow.covers(sum);
        if taken {
            self.pay(place, escrow.to, to);
            self.pay(place, escrow.from, from);
            self.over_if_empty(place);
        }
        (operation, taken)
    }

    fn dispute(&mut self, place: usize, who: u64) -> (Operation, bool) {
        let now = self.now;
        let escrow = &mut self.escrows[place];
        let operation = op(
            "escrow_dispute",
            json!({
                "who": id(who), "escrow": format!("16.2.{}", escrow.number),
            }),
        );
        let party = who == escrow.from || who == escrow.to;
        let open = escrow.state == State::Runs && now < escrow.deliver && escrow.agent.is_some();
        if party && open {
            (escrow.state, escrow.end) = (State::Argues, escrow.deliver.max(now + DAY));
        }
        (operation, party && open)
    }

    fn rule(&mut self, place: usize, who: Option<u64>, amounts: Pair) -> (Operation, bool) {
        let escrow = self.escrows[place].clone();
        let who = who.or(escrow.agent).unwrap_or(1);
        let operation = op(
            "escrow_rule",
            json!({
                "agent": id(who), "escrow": format!("16.2.{}", escrow.number),
                "to_receiver": list(amounts),
            }),
        );
        let parts = numbers(amounts);
        let open = escrow.state == State::Argues && self.now < escrow.end;
        let taken = Some(who) == escrow.agent && open && escrow.covers(parts);
        if taken {
            self.pay(place, escrow.to, parts);
            let rest = self.escrows[place].rest;
            self.pay(place, escrow.from, rest);
            self.over(place, who);
        }
        (operation, taken)
    }

    fn amend(
        &mut self,
        place: usize,
        agent: Option<u64>,
        later: Option<i128>,
    ) -> (Operation, bool) {
        let now = self.now;
        let escrow = &mut self.escrows[place];
        let deliver = later.map(|more| escrow.deliver + more);
        let operation = op(
            "escrow_amend",
            json!({
                "from": id(escrow.from), "to": id(escrow.to), "agent": agent.map(id),
                "escrow": format!("16.2.{}", escrow.number),
                "deliver_by": deliver.map(|time| at(time as u32)),
            }),
        );
        let apart = agent != Some(escrow.from) && agent != Some(escrow.to);
        let both = agent.is_some() == escrow.agent.is_some();
        let changes = agent != escrow.agent || later.is_some();
        let open = escrow.state != State::Waits && now < escrow.end;
        let timely = later.is_none_or(|more| more > 0 && escrow.state == State::Runs);
        let taken = apart && both && changes && open && timely;
        if taken {
            if escrow.state == State::Argues {
                escrow.end = escrow.end.max(now + DAY);
            }
            if let Some(deliver) = deliver {
                (escrow.deliver, escrow.end) = (deliver, deliver);
            }
            escrow.agent = agent;
        }
        (operation, taken)
    }
}

impl Naive for Model {
    type Deed = Deed;

    fn act(&mut self, deed: &Deed) -> Option<(Operation, bool)> {
        let count = self.escrows.len();
        let at = |which: usize| which.checked_rem(count);
        match *deed {
            Deed::Create { .. } => self.create(deed),
            Deed::Ratify { which, who, approve } => Some(self.ratify(at(which)?, who, approve)),
            Deed::Release { which, who, amounts } => Some(self.release(at(which)?, who, amounts)),
            Deed::Split { which, right, to, from } => Some(self.split(at(which)?, right, to, from)),
            Deed::Dispute { which, who } => Some(self.dispute(at(which)?, who)),
            Deed::Rule { which, who, amounts } => Some(self.rule(at(which)?, who, amounts)),
            Deed::Amend { which, agent, later } => Some(self.amend(at(which)?, agent, later)),
        }
    }

    fn end_block(&mut self, seconds: u32) {
        self.now = seconds.into();
        while let Some(place) = self.escrows.iter().position(|escrow| escrow.end <= self.now) {
            let escrow = self.escrows[place].clone();
            if escrow.state == State::Waits {
                self.back(place);
                continue;
            }
            let part = escrow.rest.map(|rest| rest * escrow.bps / 10_000);
            self.pay(place, escrow.to, part);
            let rest = self.escrows[place].rest;
            self.pay(place, escrow.from, rest);
            self.over_if_empty(place);
        }
    }

    fn amounts(&self) -> Vec<(u64, u64, i128)> {
        let all = (1..=ACCOUNTS).flat_map(|account| {
            let [one, two] = self.has[account as usize];
            [(account, 1, one), (account, 2, two)]
        });
        all.collect()
    }

    fn contracts(&self) -> usize {
        self.escrows.len()
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_slow_model_pays_the_same(turns in turns(deed(), 1..86_400_u32)) {
        Beside::new(open_chain(EACH), Model::new()).take(&turns);
    }
}
