// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import "Token.sol";

/// Ether as a token: one wei in, one unit out, and back.
contract EtherToken is Token {
    event Deposited(address indexed source, uint256 amount);
    event Withdrawn(address indexed to, uint256 amount);

    string public constant symbol = "CET";

    function deposit() external payable {
        _mint(msg.sender, msg.value);
        emit Deposited(msg.sender, msg.value);
    }

    function withdraw(uint256 amount) external {
        _burn(msg.sender, amount);
        emit Withdrawn(msg.sender, amount);
        (bool sent,) = msg.sender.call{value: amount}("");
        require(sent, "ether was not taken");
    }
}
