/* SPDX-License-Identifier: GPL-3.0-or-later */
/* drop: what reads packets has no privileges. */
#ifndef OSI_VISIT_DROP_H
#define OSI_VISIT_DROP_H

/*
 * This process gives all its capabilities away, also what it could get by starting other programs. A
 * user who is root stays so in name only: owner of its files and nothing more.
 */
void drop_privileges(void);

#endif
