// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// A token of 18 decimals (ERC-20), common to the market's two.
abstract contract Token {
    event Approval(address indexed owner, address indexed spender, uint256 amount);
    event Transfer(address indexed source, address indexed to, uint256 amount);

    uint256 public constant decimals = 18;

    uint256 public totalSupply;
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    function approve(address spender, uint256 amount) external returns (bool) {
        _approve(msg.sender, spender, amount);
        return true;
    }

    function increaseAllowance(address spender, uint256 amount) external returns (bool) {
        _approve(msg.sender, spender, allowance[msg.sender][spender] + amount);
        return true;
    }

    function decreaseAllowance(address spender, uint256 amount) external returns (bool) {
        _approve(msg.sender, spender, allowance[msg.sender][spender] - amount);
        return true;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        _transfer(msg.sender, to, amount);
        return true;
    }

    function transferFrom(address source, address to, uint256 amount) external returns (bool) {
        require(allowance[source][msg.sender] >= amount, "allowance is too small");
        allowance[source][msg.sender] -= amount;
        _transfer(source, to, amount);
        return true;
    }

    function _approve(address owner, address spender, uint256 amount) private {
        allowance[owner][spender] = amount;
        emit Approval(owner, spender, amount);
    }

    function _transfer(address source, address to, uint256 amount) private {
        require(to != address(0), "transfer to nobody");
        require(balanceOf[source] >= amount, "balance is too small");
        balanceOf[source] -= amount;
        balanceOf[to] += amount;
        emit Transfer(source, to, amount);
    }

    function _mint(address to, uint256 amount) internal {
        totalSupply += amount;
        balanceOf[to] += amount;
    }

    function _burn(address holder, uint256 amount) internal {
        require(balanceOf[holder] >= amount, "balance is too small");
        balanceOf[holder] -= amount;
        totalSupply -= amount;
    }
}
