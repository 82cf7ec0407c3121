//! What the reference says about accounts.

use crate::ops::account::AccountRefusal;
use crate::ops::account::create::AccountCreateRefusal;
use crate::ops::account::update::AccountUpdateRefusal;
use crate::ops::account::upgrade::AccountUpgradeRefusal;
use crate::ops::account::whitelist::AccountWhitelistRefusal;

reference_words! { AccountRefusal {
    TooManyWitnesses { allowed } =>
        "options.num_witness <= chain_params.maximum_witness_count: Voted for more witnesses \
         than currently allowed ({allowed})",
    TooManyCommitteeMembers { allowed } =>
        "options.num_committee <= chain_params.maximum_committee_count: Voted for more committee \
         members than currently allowed ({allowed})",
    InvalidProxy => "db.find(options.voting_account): Invalid proxy account specified.",
    FutureVote { vote } => "id < max_vote_id: Can not vote for {vote} which does not exist.",
    UnknownVote { vote, index } =>
        "{index}.find(id) != {index}.end(): Can not vote for {vote} which does not exist.",
    UnknownWorker { vote } =>
        "approve_worker_idx.find( id ) != approve_worker_idx.end(): Can not vote for {vote} \
         which does not exist.",
    VoteAgainstWorker =>
        "against_worker_idx.find( id ) == against_worker_idx.end(): Can no longer vote against a \
         worker.",
    InvalidVoteType { vote } => "Invalid Vote Type: {vote}",
} }

reference_words! { AccountCreateRefusal {
    RegistrarNotMember =>
        "fee_paying_account->is_lifetime_member(): Only Lifetime members may register an account.",
    ReferrerNotMember =>
        "op.referrer(d).is_member(d.head_block_time()): The referrer must be either a lifetime \
         or annual subscriber.",
    AuthorityTooLarge => "Maximum authority membership exceeded",
    UnknownMember { account } => "Account {account} specified in authority does not exist",
    BuybackIncorrectIssuer => "Incorrect asset issuer specified in buyback_account_options",
    BuybackAlreadyExists => "Cannot create buyback for asset which already has buyback",
    BuybackTooManyMarkets => "Too many buyback markets",
    NoFeeToScale => "itr != parameters.end(): ",
    NameTaken { name } =>
        "current_account_itr == acnt_indx.indices().get<by_name>().end(): Account '{name}' \
         already exists.",
} }

reference_words! { AccountUpdateRefusal {
    AuthorityTooLarge => "Maximum authority membership exceeded",
    UnknownMember { account } => "Account {account} specified in authority does not exist",
    AlreadyListed =>
        "insert_result.second: Could not create object! Most likely a uniqueness constraint is \
         violated.",
} }

reference_words! { AccountUpgradeRefusal {
    AlreadyMember { name } => "!account->is_lifetime_member():  Unable to upgrade account '{name}'",
    NoAnnualMembership { name } =>
        "d.head_block_time() <= HARDFORK_613_TIME:  Unable to upgrade account '{name}'",
} }

reference_words! { AccountWhitelistRefusal {
    NotMember =>
        "o.authorizing_account(d).is_lifetime_member(): The authorizing account must be a \
         lifetime member.",
} }
