! SPDX-License-Identifier: Apache-2.0
! suite:
! threadprivate variables and COMMON blocks, copyin, copyprivate, SAVE data.
module own
  implicit none
  integer, save :: counter = 5
  real(8), allocatable, save :: work(:)
  !$omp threadprivate(counter, work)
end module

subroutine add(amount)
  implicit none
  integer, intent(in) :: amount
  integer :: block_value, table(100)
  common /block/ block_value, table
  !$omp threadprivate(/block/)
  block_value = block_value + amount
  table(100) = block_value
end subroutine

program threadprivate_common
  use omp_lib
  use own
  implicit none
  integer :: block_value, table(100), me, totals, given
  common /block/ block_value, table
  !$omp threadprivate(/block/)
  integer :: shared_block
  common /everybody/ shared_block

  block_value = 10
  table = 0
  shared_block = 0
  totals = 0
#ifndef BROKEN
  !$omp parallel copyin(/block/) private(me) reduction(+:totals)
#else
  !$omp parallel private(me) reduction(+:totals)
#endif
  me = omp_get_thread_num()
  counter = counter + me
  allocate (work(10))
  work = me
  call add(me)
  totals = totals + table(100)
  !$omp atomic
  shared_block = shared_block + 1
  !$omp end parallel
  if (totals /= 46 .or. shared_block /= 4) error stop 1
  totals = 0
  !$omp parallel private(me, given) reduction(+:totals)
  me = omp_get_thread_num()
  if (counter /= 5 + me .or. work(10) /= me .or. block_value /= 10 + me) totals = totals + 1000
  !$omp single
  given = 77
  !$omp end single copyprivate(given)
  totals = totals + given
  deallocate (work)
  !$omp end parallel
  if (totals /= 308) error stop 2
  print '(a)', 'right'
end program
