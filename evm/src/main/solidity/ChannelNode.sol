// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// One participant's end of a channel between jurisdictions. A message is a call from the sender's contract into the
/// receiver's, so both chains of events carry one transaction hash, and only contracts that know each other can speak.
///
/// Only the owner sends, and only in its own name. A message is taken in only from the contract that the participant it
/// names as its sender has registered here. The owner can pause, remove participants and hand over ownership; sequence
/// numbers per pair show a receiver that nothing is missing.
interface IChannelNode {
    struct Message {
        string subject;
        string predicate;
        string obj;
        string sender;
        string receiver;
    }

    function receiveMessage(Message calldata message) external;
}

/// What this contract offers beyond the plain channel; a peer without it is spoken to plainly.
interface IReferencedChannelNode is IChannelNode {
    function receiveReferenced(Message calldata message, string calldata senderRef, uint64 sequence) external;

    function channelNodeVersion() external view returns (uint256);
}

contract ChannelNode is IReferencedChannelNode {
    struct Participant {
        address participantAddress;
        address participantContract;
    }

    event MessageReceivedEvent(string subject, string predicate, string obj, string sender, string receiver);
    event MessageSentEvent(string subject, string predicate, string obj, string sender, string receiver);

    /// Follow the events above in the same transaction, when the peer speaks them.
    event MessageReceivedReference(bytes32 indexed subjectHash, bytes32 indexed senderHash, string senderRef, uint64 sequence);
    event MessageSentReference(bytes32 indexed subjectHash, bytes32 indexed receiverHash, string senderRef, uint64 sequence);

    event ParticipantChanged(bytes32 indexed nameHash, string name, address participantAddress, address participantContract);
    event OwnershipOffered(address indexed owner, address indexed next);
    event OwnershipTransferred(address indexed before, address indexed owner);
    event PausedChanged(bool paused);
    event NameChanged(string name);

    address public owner;
    address public nextOwner;
    bool public paused;
    /// This end's own name. Empty until set: the constructor lists only the others.
    string public name;
    string[] public participantList;
    mapping(string => Participant) public participants;

    mapping(string => bool) private listed;
    mapping(string => bool) private referenced;
    mapping(string => uint64) private sentTo;
    mapping(string => uint64) private receivedFrom;

    modifier onlyOwner() {
        require(msg.sender == owner, "UserError: only the owner may do this");
        _;
    }

    modifier whileRunning() {
        require(!paused, "UserError: the channel is paused");
        _;
    }

    constructor(string[] memory names) {
        owner = msg.sender;
        for (uint256 i = 0; i < names.length; i++) {
            _list(names[i]);
        }
    }

    /// Says who this end is; once, before it speaks.
    function setName(string calldata ownName) external onlyOwner {
        require(bytes(name).length == 0, "UserError: the name is already set");
        require(bytes(ownName).length != 0, "UserError: the name is empty");
        require(!listed[ownName], "UserError: the name is another participant's");
        name = ownName;
        emit NameChanged(ownName);
    }

    function getParticipants() external view returns (string[] memory) {
        return participantList;
    }

    function getParticipant(string calldata participant) external view returns (Participant memory) {
        return participants[participant];
    }

    function addParticipant(string calldata participant, address participantAddress) external onlyOwner {
        require(listed[participant], "UserError: participant is not in the list");
        require(participantAddress != address(0), "UserError: participant address is zero");
        // A new key's contract has yet to be named by that key.
        participants[participant] = Participant(participantAddress, address(0));
        referenced[participant] = false;
        emit ParticipantChanged(keccak256(bytes(participant)), participant, participantAddress, address(0));
    }

    function listParticipant(string calldata participant) external onlyOwner {
        require(keccak256(bytes(participant)) != keccak256(bytes(name)), "UserError: that is this end's own name");
        _list(participant);
    }

    function removeParticipant(string calldata participant) external onlyOwner {
        delete participants[participant];
        referenced[participant] = false;
        emit ParticipantChanged(keccak256(bytes(participant)), participant, address(0), address(0));
    }

    function updateParticipantContractAddress(string calldata participant, address participantContract) external {
        Participant storage entry = participants[participant];
        require(
            entry.participantAddress != address(0) && msg.sender == entry.participantAddress,
            "UserError: only the participant may set its contract"
        );
        require(participantContract.code.length != 0, "UserError: no contract at that address");
        entry.participantContract = participantContract;
        referenced[participant] = _speaksReferences(participantContract);
        emit ParticipantChanged(keccak256(bytes(participant)), participant, msg.sender, participantContract);
    }

    function send(Message calldata message) external {
        _send(message, "");
    }

    /// Sends with the sender's own reference, which the receiver then learns.
    function sendReferenced(Message calldata message, string calldata senderRef) external {
        _send(message, senderRef);
    }

    function receiveMessage(Message calldata message) external whileRunning {
        _requirePeer(message);
        emit MessageReceivedEvent(message.subject, message.predicate, message.obj, message.sender, message.receiver);
    }

    function receiveReferenced(Message calldata message, string calldata senderRef, uint64 sequence) external whileRunning {
        _requirePeer(message);
        receivedFrom[message.sender] = sequence;
        emit MessageReceivedEvent(message.subject, message.predicate, message.obj, message.sender, message.receiver);
        emit MessageReceivedReference(
            keccak256(bytes(message.subject)), keccak256(bytes(message.sender)), senderRef, sequence
        );
    }

    /// The numbers of the last messages to and from a participant.
    function sequences(string calldata participant) external view returns (uint64 sent, uint64 received) {
        return (sentTo[participant], receivedFrom[participant]);
    }

    function channelNodeVersion() external pure returns (uint256) {
        return 2;
    }

    function setPaused(bool value) external onlyOwner {
        paused = value;
        emit PausedChanged(value);
    }

    /// Hands over in two steps, so that a mistyped address loses nothing.
    function offerOwnership(address next) external onlyOwner {
        nextOwner = next;
        emit OwnershipOffered(owner, next);
    }

    function acceptOwnership() external {
        require(msg.sender == nextOwner, "UserError: ownership was not offered to you");
        emit OwnershipTransferred(owner, msg.sender);
        owner = msg.sender;
        nextOwner = address(0);
    }

    function _send(Message calldata message, string memory senderRef) private onlyOwner whileRunning {
        require(bytes(name).length != 0, "UserError: the name is not set");
        require(
            keccak256(bytes(message.sender)) == keccak256(bytes(name)), "UserError: sender is not this channel's participant"
        );
        Participant storage peer = participants[message.receiver];
        require(peer.participantAddress != address(0), "UserError: receiver not found");
        require(peer.participantContract != address(0), "UserError: receiver participant contract is not set");
        uint64 sequence = ++sentTo[message.receiver];
        if (referenced[message.receiver]) {
            IReferencedChannelNode(peer.participantContract).receiveReferenced(message, senderRef, sequence);
        } else {
            IChannelNode(peer.participantContract).receiveMessage(message);
        }
        emit MessageSentEvent(message.subject, message.predicate, message.obj, message.sender, message.receiver);
        emit MessageSentReference(
            keccak256(bytes(message.subject)), keccak256(bytes(message.receiver)), senderRef, sequence
        );
    }

    function _requirePeer(Message calldata message) private view {
        require(
            msg.sender == participants[message.sender].participantContract && msg.sender != address(0),
            "UserError: caller is not the sender's contract"
        );
        require(
            keccak256(bytes(message.receiver)) == keccak256(bytes(name)), "UserError: message is for another receiver"
        );
    }

    function _list(string memory participant) private {
        require(bytes(participant).length != 0, "UserError: participant name is empty");
        require(!listed[participant], "UserError: participant is already in the list");
        listed[participant] = true;
        participantList.push(participant);
    }

    function _speaksReferences(address peer) private view returns (bool) {
        (bool answered, bytes memory version) =
            peer.staticcall{gas: 30_000}(abi.encodeCall(IReferencedChannelNode.channelNodeVersion, ()));
        return answered && version.length == 32 && abi.decode(version, (uint256)) >= 2;
    }
}
