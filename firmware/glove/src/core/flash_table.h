// Where small constant tables live. By default they are ordinary constants, which the ATmega copies to RAM
// (64 bytes for the CRC). A build that wants them in flash defines both macros, for example
//   -include avr/pgmspace.h -DSLOWHAND_FLASH_TABLE=PROGMEM -DSLOWHAND_READ_TABLE_U32=pgm_read_dword
// so that this folder needs no AVR header.
#ifndef SLOWHAND_CORE_FLASH_TABLE_H
#define SLOWHAND_CORE_FLASH_TABLE_H

#ifndef SLOWHAND_FLASH_TABLE
#define SLOWHAND_FLASH_TABLE
#define SLOWHAND_READ_TABLE_U32(address) (*(address))
#endif

#endif
