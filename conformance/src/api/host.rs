//! A node without sockets: a chain, its history and its blocks, asked through sessions.

use crate::coverage::Coverage;
use crate::recording;
use carbyne_api::event::BlockEvent;
use carbyne_api::methods::ApiSet;
use carbyne_api::{
    ApiError, Blocks, Outcome, Reply, Request, Session, Settings, Submission, User, View, effects,
};
use carbyne_chain::{Chain, ChainEvent, Observe};
use carbyne_core::{Core, Effects, Input, Now, Production};
use carbyne_crypto::hash::sha256;
use carbyne_index::{History, Refusals};
use carbyne_ledger::{Ledger, Trust};
use carbyne_protocol::genesis::GenesisState;
use carbyne_protocol::transaction::{ProcessedTransaction, SignedBlock, SignedTransaction};
use carbyne_protocol::{Recover, RecoveredBlock, RecoveredTransaction, Rejected};
use carbyne_wire::{Dialect, Digest, JsonIn, Tags, unpack_exact};
use serde_json::Value;
use std::io;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// What everybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rights {
    /// As the recorded node was set up for questions.
    Default,
    /// Also subscribe to everything.
    Everything,
}

/// What happened, for subscribers.
pub(crate) enum Happening {
    /// A transaction became pending.
    Pending(Value),
    /// A block was applied.
    Block(Box<BlockEvent>),
}

/// After every recorded block: none is from the future.
const LATE: Now = Now(i64::MAX);

/// Blocks by number.
struct Log(Vec<SignedBlock>);

impl Blocks for Log {
    fn block(&self, number: u32) -> Option<SignedBlock> {
        self.0.get(usize::try_from(number).ok()?.checked_sub(1)?).cloned()
    }
}

/// A node without sockets.
pub(crate) struct Host {
    core: Core,
    /// On disk, as in a node.
    history: History,
    refusals: Refusals,
    _history_dir: TempDir,
    log: Log,
    /// What everybody may do.
    pub(crate) settings: Settings,
    /// What happened and nobody was told yet.
    pub(crate) happenings: Vec<Happening>,
    /// What the chain answered.
    pub(crate) coverage: Coverage,
}

/// Rights of the recorded node.
fn settings(rights: Rights) -> Settings {
    use ApiSet::*;
    let salt = b"salt".to_vec();
    let member = User {
        name: "member".to_owned(),
        password_hash: sha256(&[b"secret", salt.as_slice()].concat()),
        password_salt: salt,
        allowed: vec![Database, NetworkNode],
    };
    Settings {
        enable_subscribe_to_all: rights == Rights::Everything,
        open: vec![
            Database,
            NetworkBroadcast,
            History,
            Block,
            Asset,
            Orders,
            CustomOperations,
            Crypto,
        ],
        users: vec![member],
        ..Settings::default()
    }
}

impl Host {
    /// A chain at the genesis of a folder.
    pub(crate) fn begin(dir: &Path, rights: Rights) -> io::Result<Self> {
        let genesis = recording::bytes(&recording::find_file(dir, "genesis.json")?)?;
        let chain_id = Digest(sha256(&genesis));
        let state =
            GenesisState::from_json_in(&serde_json::from_slice(&genesis)?, Dialect::REFERENCE);
        let ledger = Ledger::from_genesis(&state.map_err(io::Error::other)?, chain_id);
        let ledger = ledger.map_err(|rejected| io::Error::other(rejected.to_string()))?;
        let mut chain = Chain::new(ledger, chain_id);
        if rights == Rights::Everything {
            chain.set_observe(Observe::Blocks);
        }
        let history_dir = TempDir::new()?;
        Ok(Self {
            core: Core::new(chain, Vec::new(), Production::None),
            history: History::open(history_dir.path(), Default::default()),
            refusals: Refusals::default(),
            _history_dir: history_dir,
            log: Log(Vec::new()),
            settings: settings(rights),
            happenings: Vec::new(),
            coverage: Coverage::default(),
        })
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        self.core.chain.ledger()
    }

    /// Id of the head block.
    pub(crate) fn head(&self) -> String {
        self.core.chain.head_id().to_string()
    }

    /// Pushes a block given in hexadecimal.
    pub(crate) fn push_packed(&mut self, hex: &str) -> Result<(), String> {
        let block = hex::decode(hex).map_err(|error| error.to_string())?;
        let block: SignedBlock =
            unpack_exact(&block, Tags::Reference).map_err(|error| error.to_string())?;
        self.push_block(block).map_err(|rejected| rejected.to_string())
    }

    fn push_block(&mut self, block: SignedBlock) -> Result<(), Rejected> {
        let block = RecoveredBlock::new(block, self.core.chain.chain_id(), Recover::Signatures);
        self.step(Input::Block(Arc::new(block), Trust::Nobody))
    }

    /// Pushes a block that a client sent.
    fn submit_block(&mut self, block: SignedBlock) -> Result<(), Rejected> {
        RecoveredBlock::new(block.clone(), self.core.chain.chain_id(), Recover::Signatures)
            .validate()?;
        self.push_block(block)
    }

    /// Pushes a transaction that came from elsewhere.
    pub(crate) fn push_transaction(
        &mut self,
        transaction: SignedTransaction,
    ) -> Result<(), Rejected> {
        let recovered = self.recovered(transaction);
        self.step(Input::Transaction(Arc::new(recovered), Trust::Nobody))
    }

    fn recovered(&self, transaction: SignedTransaction) -> RecoveredTransaction {
        RecoveredTransaction::new(transaction, self.core.chain.chain_id(), Recover::Signatures)
    }

    /// Does a step, and takes what it did into the log and into history.
    fn step(&mut self, input: Input) -> Result<(), Rejected> {
        let mut effects = Effects::default();
        let outcome = self.core.step(LATE, input, &mut effects);
        for event in effects.events {
            match event {
                ChainEvent::Undone { .. } => {
                    self.log.0.pop();
                    self.history.undo();
                }
                ChainEvent::Applied(applied) => {
                    self.coverage.accept(applied.operations.iter().map(|applied| &applied.op));
                    self.log.0.push(applied.block.block().clone());
                    self.history.apply(&applied.block, &applied.operations);
                    self.history.commit(applied.undoable as usize);
                    if self.settings.enable_subscribe_to_all {
                        let event = BlockEvent::of(&applied, &self.history, Dialect::REFERENCE);
                        self.happenings.push(Happening::Block(Box::new(event)));
                    }
                }
                ChainEvent::Refused(refused) => self.refusals.add(*refused),
                ChainEvent::Pending(transaction) => {
                    let json = transaction.transaction().to_json_in(Dialect::REFERENCE);
                    self.happenings.push(Happening::Pending(json));
                }
            }
        }
        outcome.map(|_| ()).map_err(|refused| refused.rejected)
    }

    /// Gives the text of a frame to a session; none if there is no answer.
    pub(crate) fn ask(&mut self, session: &mut Session, text: &str) -> Option<Value> {
        let answer = self.answer(session, text);
        answer.iter().for_each(|answer| self.coverage.answer(answer));
        answer
    }

    fn answer(&mut self, session: &mut Session, text: &str) -> Option<Value> {
        let view = View::new(
            self.core.chain.ledger(),
            &self.history,
            &self.refusals,
            &self.log,
            &self.settings,
        );
        match session.handle(text, &view) {
            Outcome::Again(_) => None,
            Outcome::Answer(reply) => reply.map(Reply::into_value),
            Outcome::Submit(submission) => {
                let (request, submission) = *submission;
                self.submit(session, &request, submission).map(Reply::into_value)
            }
        }
    }

    fn submit(
        &mut self,
        session: &mut Session,
        request: &Request,
        submission: Submission,
    ) -> Option<Reply> {
        let result = match submission {
            Submission::Transaction(transaction) | Submission::Synchronous(transaction) => {
                self.push_transaction(transaction).map(|()| Value::Null)
            }
            Submission::WithCallback(transaction, callback) => {
                session.subscriptions.await_transaction(transaction.id(), callback);
                self.push_transaction(transaction).map(|()| Value::Null)
            }
            Submission::Validate(transaction) => self.validate(transaction),
            Submission::Simulate { transaction, with_signatures } => {
                return request.answer(self.simulate(transaction, with_signatures));
            }
            Submission::Network(what) => return request.answer(what.without_peers()),
            Submission::Debug(_) | Submission::Dev(_) => return None,
            Submission::Block(block) => self.submit_block(block).map(|()| Value::Null),
            Submission::Produce { .. } => return None,
        };
        request.answer(result.map_err(ApiError::from))
    }

    fn simulate(
        &mut self,
        transaction: SignedTransaction,
        with_signatures: bool,
    ) -> Result<Value, ApiError> {
        let recovered = self.recovered(transaction);
        let trust = if with_signatures { Trust::Nobody } else { Trust::Unsigned };
        Ok(effects(&self.core.chain.simulate(&recovered, trust)?, Dialect::REFERENCE))
    }

    fn validate(&mut self, transaction: SignedTransaction) -> Result<Value, Rejected> {
        let recovered = self.recovered(transaction);
        let operation_results = self.core.chain.validate_transaction(&recovered, Trust::Nobody)?;
        let transaction = recovered.transaction().clone();
        Ok(ProcessedTransaction { transaction, operation_results }.to_json_in(Dialect::REFERENCE))
    }
}
